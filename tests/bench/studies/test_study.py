from __future__ import annotations

from pathlib import Path

import pytest

import reducers
from bench.errors import StudyError
from bench.studies import study
from bench.studies.study import Study, read


def _write(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("name", study.names())
def test_the_projects_own_studies_are_sound(name: str) -> None:
    resolved = read(name).resolved()
    assert resolved.name == name
    assert resolved.title
    assert all(variant.label for variant in resolved.variants.values())


def test_default_takes_every_reducer_and_umap_twice() -> None:
    variants = read("default").resolved().variants
    assert {variant.reducer for variant in variants.values()} >= {
        "pca", "tsne", "opentsne", "umap", "autoencoder", "vae", "random_projection",
    }  # fmt: skip
    assert [variant.seeded for variant in variants.values() if variant.reducer == "umap"] == [True, False]


def test_a_resolved_study_reads_back_the_same(tmp_path: Path) -> None:
    resolved = read("default").resolved()
    assert read(_write(tmp_path, resolved.to_toml())) == resolved


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    path = _write(tmp_path, 'dataset = "digits"\n\nsedes = 3\n')
    with pytest.raises(StudyError, match=r"mine\.toml, line 3: Got key 'sedes'.* Did you mean 'seeds'"):
        read(path)


def test_an_unknown_key_of_a_variant_is_refused_too(tmp_path: Path) -> None:
    path = _write(tmp_path, 'dataset = "digits"\n[variants.a]\nreducer = "pca"\nparms = {}\n')
    with pytest.raises(StudyError, match=r"line 4: Got key 'parms'.* Did you mean 'params'"):
        read(path)


def test_a_wrong_value_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"line 2: Got seeds = 0"):
        read(_write(tmp_path, 'dataset = "digits"\nseeds = 0\n'))
    with pytest.raises(StudyError, match=r"expected one like 90s"):
        read(_write(tmp_path, 'dataset = "digits"\ntimeout = "soon"\n'))


def test_what_is_missing_or_no_toml_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="Got no dataset"):
        read(_write(tmp_path, "seeds = 2\n"))
    with pytest.raises(StudyError, match="no TOML"):
        read(_write(tmp_path, "seeds = = 2\n"))
    with pytest.raises(StudyError, match="no such file"):
        read(str(tmp_path / "missing.toml"))


def test_an_unknown_study_is_answered_with_the_nearest() -> None:
    with pytest.raises(StudyError, match="Did you mean 'default'"):
        read("defualt")


def test_an_unknown_reducer_is_answered_with_the_nearest() -> None:
    with pytest.raises(StudyError, match="Did you mean 'umap'"):
        read("default").resolved().only(["pca", "unap"])
    with pytest.raises(StudyError, match="Got reducer 'nope'"):
        Study(dataset="digits", variants={"a": {"reducer": "nope"}}).resolved()


def test_a_reducers_name_stands_for_all_its_variants() -> None:
    whole = read("default").resolved()
    assert list(whole.only(["umap"]).variants) == ["umap", "umap-parallel"]
    assert list(whole.only(["umap-parallel"]).variants) == ["umap-parallel"]


def test_a_study_takes_no_part_of_a_reducer_that_it_does_not_name() -> None:
    small = Study(dataset="digits", variants={"pca": {"reducer": "pca"}}).resolved()
    assert list(small.variants) == ["pca"]
    assert list(small.only(["vae"]).variants) == ["vae"]


@pytest.mark.parametrize("name", ["../outside", "a/b", "", ".hidden"])
def test_a_variants_name_must_fit_into_a_path(name: str) -> None:
    with pytest.raises(ValueError, match="expected letters"):
        Study(dataset="digits", variants={name: {"reducer": "pca"}})


def test_changes_are_checked_like_a_file() -> None:
    changed = read("quick").with_changes({"seeds": 4, "timeout": "2m"})
    assert (changed.seeds, changed.timeout, changed.dataset) == (4, 120, "mnist-5k")
    with pytest.raises(StudyError, match="expected one like 90s"):
        read("quick").with_changes({"timeout": "soon"})


def test_a_file_of_ones_own_is_a_variant_more() -> None:
    fakes = Path(__file__).parents[1] / "fakes.py"
    whole = read("quick").resolved().with_reducers([f"{fakes}:Calm"])
    assert whole.variants["fakes"].reducer == f"{fakes}:Calm"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Write a file with two reducers and another one of the same name, and return the three specifications."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(
            "from reducers.base import Reducer\n\nclass A(Reducer): ...\n\nclass B(Reducer): ...\n"
        )
    return [f"{tmp_path}/one/mine.py:A", f"{tmp_path}/one/mine.py:B", f"{tmp_path}/two/mine.py:A"]


def test_classes_of_one_file_stay_apart(files: list[str]) -> None:
    quick = read("quick").resolved()
    more = quick.with_reducers(files[:2]).variants
    assert {key: more[key].label for key in more.keys() - quick.variants.keys()} == {"mine-A": "A", "mine-B": "B"}
    assert quick.with_reducers(files[1::-1]).variants == more, "their order tells nothing"
    assert list(quick.with_reducers(files[:2]).only(["mine"]).variants) == ["mine-A", "mine-B"]


def test_files_of_one_name_stay_apart(files: list[str]) -> None:
    quick = read("quick").resolved()
    more = quick.with_reducers(files).variants
    own = {key: variant for key, variant in more.items() if key not in quick.variants}
    assert {variant.reducer for variant in own.values()} == set(files)
    assert all(key.startswith("mine-") for key in own) and len(own) == 3
    assert len({variant.label for variant in own.values()}) == 3


def test_the_same_file_twice_is_one_reducer(files: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    quick = read("quick").resolved()
    monkeypatch.chdir(tmp_path)
    assert len(quick.with_reducers([files[0], "one/mine.py:A"]).variants) == len(quick.variants) + 1


def test_a_file_takes_no_key_of_the_study(tmp_path: Path) -> None:
    (tmp_path / "pca.py").write_text("from reducers.base import Reducer\n\nclass Own(Reducer):\n    label = 'PCA'\n")
    more = read("quick").resolved().with_reducers([f"{tmp_path}/pca.py:Own"]).variants
    assert more["pca"].reducer == "pca" and more["pca-Own"].reducer.endswith("pca.py:Own")
    assert more["pca-Own"].label == "PCA (pca-Own)"


def test_a_file_whose_name_is_no_key_has_one_that_is_made(tmp_path: Path) -> None:
    (tmp_path / "mein Verfahren.py").write_text("from reducers.base import Reducer\n\nclass Own(Reducer): ...\n")
    quick = read("quick").resolved()
    (key,) = quick.with_reducers([f"{tmp_path}/mein Verfahren.py:Own"]).variants.keys() - quick.variants.keys()
    assert key.startswith("mein-Verfahren-")


def test_a_reducers_label_is_checked_like_a_studys(tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text("from reducers.base import Reducer\n\nclass Evil(Reducer):\n    label = '=1+1'\n")
    with pytest.raises(StudyError, match=r"Got label '=1\+1'.*in evil\.py"):
        read("quick").resolved().with_reducers([f"{tmp_path}/evil.py:Evil"])


def test_what_is_varied_may_be_named_like_a_field() -> None:
    varied = Study(dataset="digits", variants={"a": {"reducer": "pca", "of": "b", "axis": "n", "params": {"n": 7}}})
    assert varied.variants["a"].value == 7


def test_two_variants_never_share_a_key() -> None:
    variants = {"p": {"reducer": "pca", "n_each": [20]}, "p-20": {"reducer": "tsne"}}
    with pytest.raises(StudyError, match=r"key 'p-20', 'p' with n = 20 and 'p-20', but expected a key for each"):
        Study(dataset="digits", variants=variants).resolved()


def test_tuples_of_presets_and_notebooks_are_kept_as_lists(tmp_path: Path) -> None:
    one = {"reducer": "vae", "params": {"hidden_layer_sizes": (64, 32)}}
    resolved = Study(dataset="digits", variants={"a": one}).resolved()
    assert read(_write(tmp_path, resolved.to_toml())).variants == resolved.variants


def test_nothing_that_a_file_cannot_hold_is_lost_in_silence() -> None:
    with pytest.raises(ValueError, match="Got None, but expected a number"):
        Study(dataset="digits", variants={"a": {"reducer": "umap", "params": {"n_epochs": None}}})


@pytest.mark.parametrize("seconds", ["300h", "90.123456789s", "0.001s", "1h1m1.5s"])
def test_limits_are_written_to_the_last_digit(seconds: str, tmp_path: Path) -> None:
    one = read("quick").with_changes({"timeout": seconds, "memory": "1GB"}).resolved()
    again = read(_write(tmp_path, one.to_toml()))
    assert (again.timeout, again.memory) == (one.timeout, one.memory) == (one.timeout, 10**9)


def test_a_variant_can_name_a_preset(tmp_path: Path) -> None:
    path = _write(tmp_path, 'dataset = "digits"\n[variants.a]\npreset = "post2-vae"\nparams = { n_epochs = 3 }\n')
    resolved = read(path).resolved()
    variant = resolved.variants["a"]
    assert variant.reducer == "reducers.posts.post2:Post2VAE"
    assert variant.params == reducers.preset("post2-vae").params | {"hidden_layer_sizes": [512], "n_epochs": 3}
    assert read(_write(tmp_path, resolved.to_toml())).resolved() == resolved


def test_an_unknown_preset_is_refused_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    text = 'dataset = "digits"\n[variants.a]\npreset = "post1-vae"\n[variants.b]\npreset = "pst4-vae"\n'
    with pytest.raises(StudyError, match=r"mine\.toml, line 5: Got preset 'pst4-vae'.* Did you mean 'post4-vae'"):
        read(_write(tmp_path, text))


def test_a_variant_is_of_one_reducer(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"line 2: Got neither a reducer nor a preset"):
        read(_write(tmp_path, 'dataset = "digits"\n[variants.a]\nseeded = true\n'))
    with pytest.raises(
        StudyError, match=r"line 2: Got reducer 'pca', but preset 'post4-vae' is one of 'reducers.posts"
    ):
        read(_write(tmp_path, 'dataset = "digits"\n[variants.a]\nreducer = "pca"\npreset = "post4-vae"\n'))


def test_the_reducer_of_a_preset_takes_part_already() -> None:
    whole = Study(dataset="digits", every_reducer=True, variants={"a": {"preset": "post1-vae-fixed"}}).resolved()
    assert "vae" not in whole.variants and "autoencoder" in whole.variants


def test_figures_are_of_variants_that_there_are(tmp_path: Path) -> None:
    text = 'dataset = "digits"\nfigures = ["a", "c"]\n[variants.a]\nreducer = "pca"\n[variants.b]\nreducer = "pca"\n'
    with pytest.raises(StudyError, match=r"line 2: Got variant 'c', but expected one of: a, b"):
        read(_write(tmp_path, text))
    assert read(_write(tmp_path, text.replace('"c"', '"b"'))).figures == ("a", "b")


@pytest.mark.parametrize(("n", "is_of_all"), [(500, False), (1_000, True)])
def test_figures_may_show_the_last_of_a_series(tmp_path: Path, n: int, is_of_all: bool) -> None:
    text = f'dataset = "digits"\nn = 1_000\nfigures = ["a"]\n[variants.a]\nreducer = "pca"\nn = {n}\n'
    if is_of_all:
        found = read(_write(tmp_path, text))
        assert found.with_changes({"n": 700}).figures == found.figures == ("a",), "fewer are all of these"
    else:
        with pytest.raises(StudyError, match="figures show variants that are fitted on all training points"):
            read(_write(tmp_path, text))


def test_a_variant_can_be_fitted_on_one_number_of_points_after_another(tmp_path: Path) -> None:
    text = 'dataset = "digits"\n[variants.short]\nreducer = "pca"\nn_each = [500, 1_000]\n'
    found = read(_write(tmp_path, text)).resolved()
    assert {name: (variant.n, variant.label, variant.series) for name, variant in found.variants.items()} == {
        "short-500": (500, "PCA, n = 500", "PCA"),
        "short-1000": (1_000, "PCA, n = 1,000", "PCA"),
    }
    assert read(_write(tmp_path, found.to_toml())).resolved().variants == found.variants
    with pytest.raises(StudyError, match="figures show variants that are fitted on all training points"):
        read(_write(tmp_path, 'figures = ["short"]\n' + text))


def test_a_variant_can_leave_out_one_class_after_another(tmp_path: Path) -> None:
    text = 'dataset = "digits"\n[variants.pca-without]\nreducer = "pca"\nlabel = "PCA without"\n'
    found = read(_write(tmp_path, text + 'without_each = ["3", "7"]\n')).resolved().variants
    assert {name: (variant.without, variant.label) for name, variant in found.items()} == {
        "pca-without-3": ("3", "PCA without 3"),
        "pca-without-7": ("7", "PCA without 7"),
    }
    assert {(v.series, v.axis, v.value) for v in found.values()} == {("PCA without", "without", n) for n in ("3", "7")}


def test_a_variant_can_have_others_that_differ_in_one_parameter(tmp_path: Path) -> None:
    text = 'dataset = "digits"\n[variants.umap]\nreducer = "umap"\nparams = { n_neighbors = 15, init = "pca" }\n'
    text += "each = { n_neighbors = [5, 50], min_dist = [0.5] }\n"
    found = read(_write(tmp_path, text)).resolved().variants
    assert {name: (variant.label, variant.params) for name, variant in found.items()} == {
        "umap": ("UMAP", {"n_neighbors": 15, "init": "pca"}),
        "umap-n_neighbors-5": ("UMAP, n_neighbors 5", {"n_neighbors": 5, "init": "pca"}),
        "umap-n_neighbors-50": ("UMAP, n_neighbors 50", {"n_neighbors": 50, "init": "pca"}),
        "umap-min_dist-0.5": ("UMAP, min_dist 0.5", {"n_neighbors": 15, "init": "pca", "min_dist": 0.5}),
    }
    assert [(variant.of, variant.axis, variant.value) for variant in found.values()] == [
        ("", "", None),
        ("umap", "n_neighbors", 5),
        ("umap", "n_neighbors", 50),
        ("umap", "min_dist", 0.5),
    ]


def test_a_variant_can_be_run_again_with_changes_that_should_change_nothing(tmp_path: Path) -> None:
    text = 'dataset = "digits"\n[variants.pca]\nreducer = "pca"\nthreads = 1\n'
    text += 'again = ["process", "threads", "permuted", "doubled"]\n'
    found = read(_write(tmp_path, text)).resolved()
    assert {name: (one.label, one.threads, one.rows) for name, one in found.variants.items()} == {
        "pca": ("PCA", 1, ""),
        "pca-process": ("PCA, in another process", 1, ""),
        "pca-threads": ("PCA, on two threads", 2, ""),
        "pca-permuted": ("PCA, rows in another order", 1, "permuted"),
        "pca-doubled": ("PCA, a tenth of the rows doubled", 1, "doubled"),
    }
    first, *others = found.variants.values()
    assert (first.of, first.axis, first.scores) == ("", "", True)
    assert {(one.of, one.axis, one.scores) for one in others} == {("pca", "again", False)}
    assert read(_write(tmp_path, found.to_toml())).resolved().variants == found.variants
    with pytest.raises(StudyError, match=r"line 5: Got .* but expected another value: Input should be 'process'"):
        read(_write(tmp_path, text.replace('"process"', '"proces"')))
    with pytest.raises(StudyError, match=r"Got again and each of one variant, but expected one of them"):
        read(_write(tmp_path, text + 'each = { svd_solver = ["full"] }\n'))


@pytest.mark.parametrize("name", ["sensitivity", "initialisation", "dimensions"])
def test_a_parameter_is_varied_from_its_default(name: str) -> None:
    for variant in read(name).variants.values():
        defaults = reducers.create(variant.reducer).get_params()
        assert variant.each.keys() <= variant.params.keys()
        for parameter, values in variant.each.items():
            assert defaults[parameter] in (variant.params[parameter], None)
            assert variant.params[parameter] not in values


def test_every_parameter_has_as_many_settings() -> None:
    swept = [values for variant in read("sensitivity").variants.values() for values in variant.each.values()]
    assert {len(values) for values in swept} == {4}


def test_only_reducers_that_ask_for_it_are_included_by_themselves() -> None:
    included = {variant.reducer for variant in read("full").resolved().variants.values()}
    assert included == {name for name, source in reducers.sources().items() if source.by_default}
    assert "chained" in reducers.names() and "chained" not in included


@pytest.mark.parametrize("name", study.names())
def test_no_study_depends_on_the_working_directory(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = read(name).resolved()
    monkeypatch.chdir(tmp_path)
    assert read(name).resolved() == here
    assert not any("/" in variant.reducer for variant in here.variants.values())


def test_what_is_fitted_and_what_is_mapped_stand_in_a_study_file(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('dataset = "digits"\nfit_on = 50\nmap = "all"\n[variants.pca]\nreducer = "pca"\n')
    study = read(str(path))
    assert (study.n_fitted, study.map) == (50, "all")
    assert study.with_changes({"n": 60}).n_fitted == 60, "the command line has the last word"
    path.write_text(study.to_toml())
    assert read(str(path)) == study
    assert not {"fit_on", "map"} & set(study.model_copy(update={"fit_on": None, "map": ""}).to_toml().split())
    path.write_text('dataset = "digits"\nmap = "all"\n')
    with pytest.raises(StudyError, match="Got map = 'all' without fit_on"):
        read(str(path))
    path.write_text('dataset = "digits"\nfit_on = 50\nmap = "some"\n')
    with pytest.raises(StudyError, match="line 3: Got map = 'some'"):
        read(str(path))
