"""Datasets in the files of their publishers: found, read, checked; with files of our own in the form of theirs."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pooch
import pytest
import sklearn.datasets

from bench import datasets
from bench.datasets import Source, faces, letter, originals, pbmc, satellite, texture, usps
from bench.datasets.originals import Original
from bench.errors import DatasetError

LOADERS = {"usps": usps, "letter": letter, "satellite": satellite, "texture": texture, "faces": faces}
N_TRAIN = 300
SMALLER = {usps: {"N_TRAIN": N_TRAIN}, letter: {"N_TEST": 400}, satellite: {"N_TEST": 200}, texture: {"N_TEST": 110}}
rng = np.random.RandomState(0)
DIGITS, PIXELS = (
    np.append(np.arange(N_TRAIN) % 10, np.arange(40) % 10),
    rng.randint(-1_000, 1_001, (N_TRAIN + 40, 256)) / 1000,
)
LETTERS, MEASURED = rng.randint(26, size=1_000), rng.randint(16, size=(1_000, 16))
SOILS, BANDS = rng.choice(satellite.CODES, 700), rng.randint(27, 158, (700, 36))
TEXTURES, MOMENTS = rng.choice(texture.CODES, 600), rng.randint(-1_450, 775, (600, 40)) / 1000
PEOPLE, FACES = np.repeat(np.arange(40), 10), rng.randint(243, size=(400, 64, 64)).astype(np.uint8)


def _rows(*columns: np.ndarray, separator: str = ",") -> str:
    rows = zip(*(column.tolist() for column in columns), strict=True)
    texts = ([str(cell) for part in row for cell in (part if isinstance(part, list) else [part])] for row in rows)
    return "".join(separator.join(text) + "\n" for text in texts)


def _usps(folder: Path) -> list[Path]:
    for name, part in (("zip.train", slice(N_TRAIN)), ("zip.test", slice(N_TRAIN, None))):
        text = _rows(DIGITS[part].astype(float), PIXELS[part], separator=" ")
        (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode(), 1))
    np.savez(folder / "usps.npz", X=PIXELS.astype(np.float32), y=DIGITS.astype(np.uint8))
    return [folder / "zip.train.gz", folder / "zip.test.gz"]


def _letter(folder: Path) -> list[Path]:
    names = np.array(letter.CLASSES)[LETTERS]
    (folder / "letter-recognition.data").write_text(_rows(names, MEASURED))
    head, order = "@relation letter\n@attribute X-box integer[0,15]\n@data\n", np.arange(1_000)[::-1]
    (folder / "letter.dat").write_text(head + _rows(MEASURED[order], names[order]))
    return [folder / "letter.dat"]


def _satellite(folder: Path) -> list[Path]:
    for name, part in (("sat.trn", slice(500)), ("sat.tst", slice(500, None))):
        (folder / name).write_text(_rows(BANDS[part], SOILS[part], separator=" "))
    order = np.random.RandomState(1).permutation(700)
    (folder / "satimage.dat").write_text(_rows(BANDS[order], SOILS[order], separator=", "))
    return [folder / "satimage.dat"]


def _texture(folder: Path) -> list[Path]:
    (folder / "texture.dat").write_text(_rows(MOMENTS, TEXTURES))
    return [folder / "texture.dat"]


def _faces(folder: Path) -> list[Path]:
    np.savez(folder / "olivetti.npz", X=FACES.transpose(0, 2, 1).reshape(400, -1), y=PEOPLE)
    return [folder / "olivetti.npz"]


WRITE: dict[str, Callable[[Path], list[Path]]] = {
    "usps": _usps,
    "letter": _letter,
    "satellite": _satellite,
    "texture": _texture,
    "faces": _faces,
}


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return a function that makes our files the published ones of a dataset, and returns their folder.

    The cache is an empty one.
    """
    monkeypatch.setattr(originals, "user_cache_path", lambda name: tmp_path / "cache")

    def make(name: str) -> Path:
        folder = tmp_path / "mine"
        folder.mkdir()
        for module, sizes in SMALLER.items():
            for key, size in sizes.items():
                monkeypatch.setattr(module, key, size)
        real = LOADERS[name].ORIGINAL
        ours = replace(real, sha256=real.decode(WRITE[name](folder)).fingerprint)
        monkeypatch.setattr(LOADERS[name], "ORIGINAL", ours)
        source = datasets.SOURCES[name]
        monkeypatch.setitem(datasets.SOURCES, name, Source(source.summary, ours.load, ours.missing))
        return folder

    return make


def _of_rows(X: np.ndarray, y: np.ndarray) -> dict[bytes, int]:
    return {row.tobytes(): int(label) for row, label in zip(X.astype(np.float32), y, strict=True)}


@pytest.mark.parametrize(
    ("name", "X", "y", "shape"),
    [
        ("usps", (PIXELS * 1000 + 1000).round() / 2000, DIGITS, (N_TRAIN, 40, 256)),
        ("letter", MEASURED / 15, LETTERS, (600, 400, 16)),
        ("satellite", BANDS / 255, np.searchsorted(satellite.CODES, SOILS), (500, 200, 36)),
        ("texture", (MOMENTS * 1000 + 1450).round() / 2224, np.searchsorted(texture.CODES, TEXTURES), (490, 110, 40)),
        ("faces", FACES.reshape(400, -1) / 242, PEOPLE, (320, 80, 4_096)),
    ],
)
def test_every_row_keeps_its_label_and_classes_are_in_proportion(
    published: Callable[[str], Path], name: str, X: np.ndarray, y: np.ndarray, shape: tuple[int, int, int]
) -> None:
    found = datasets.load(name, data_dir=published(name))
    assert (len(found.X), len(found.X_test), found.X.shape[1]) == shape
    assert found.y is not None and found.y_test is not None
    label_of = _of_rows(X, y)
    for points, labels in ((found.X, found.y), (found.X_test, found.y_test)):
        assert points.dtype == np.float32 and labels.dtype == np.int64
        assert [label_of[row.tobytes()] for row in points] == labels.tolist()
    few = found.select(60)
    share = np.bincount(found.y, minlength=len(found.classes)) / len(found.y)
    assert np.bincount(few.y, minlength=len(found.classes)) / 60 == pytest.approx(share, abs=0.035)
    assert found.levels is not None and np.abs(found.X * np.float64(found.levels) % 1 - 0.5).min() > 0.49


def test_the_published_test_images_of_usps_stay_test_images(published: Callable[[str], Path]) -> None:
    found = datasets.load("usps", data_dir=published("usps"))
    assert np.array_equal(found.X_test, ((PIXELS[N_TRAIN:] * 1000 + 1000).round() / 2000).astype(np.float32))
    assert np.array_equal(found.y_test, DIGITS[N_TRAIN:])
    assert found.image_shape == (16, 16)


@pytest.mark.parametrize(
    ("name", "sets"),
    [
        ("usps", [["usps.npz"], ["zip.train.gz", "zip.test.gz"]]),
        ("letter", [["letter-recognition.data"], ["letter.dat"]]),
        ("satellite", [["sat.trn", "sat.tst"], ["satimage.dat"]]),
    ],
)
def test_copies_of_a_dataset_are_the_same_data(
    published: Callable[[str], Path], tmp_path: Path, name: str, sets: list[list[str]]
) -> None:
    folder = published(name)
    for number, names in enumerate(sets):
        # A folder within the one that is named, under the name of the dataset.
        (place := tmp_path / str(number) / name).mkdir(parents=True)
        for file in names:
            (place / file).write_bytes((folder / file).read_bytes())
        found = datasets.load(name, 50, place.parent)
        assert all(file in found.provenance for file in names)
        assert len(found.X) == 50 and found.available > 50 and datasets.missing(name, place.parent) == ""
        (place / names[-1]).unlink()
        assert datasets.missing(name, place.parent), "half of a set is none"


def test_faces_stand_upright(published: Callable[[str], Path]) -> None:
    found = datasets.load("faces", data_dir=published("faces"))
    images = {(image / 242).astype(np.float32).tobytes() for image in FACES}
    assert found.image_shape == (64, 64) and found.X[0].reshape(64, 64).tobytes() in images
    assert np.bincount(found.y).tolist() == [8] * 40 and np.bincount(found.y_test).tolist() == [2] * 40


@pytest.mark.parametrize("damage", ["another value", "another label", "a row less", "text", "cut off", "no gzip"])
def test_another_content_is_refused_by_name(published: Callable[[str], Path], damage: str) -> None:
    folder = published("letter")
    (folder / "letter.dat").unlink()
    path = folder / "letter-recognition.data"
    lines = path.read_text().splitlines()
    first = lines[0].split(",")
    changed = {
        "another value": [first[0], str((int(first[1]) + 1) % 16), *first[2:]],
        "another label": ["A" if first[0] != "A" else "B", *first[1:]],
        "text": [first[0], "many", *first[2:]],
        "cut off": first[:5],
    }
    if damage == "no gzip":
        path.unlink()
        path = folder / "letter-recognition.data.gz"
        path.write_text("<html>not found</html>")
    else:
        rest = lines[1:]
        path.write_text("\n".join(([",".join(changed[damage])] if damage in changed else []) + rest) + "\n")
    with pytest.raises(DatasetError) as refusal:
        datasets.load("letter", data_dir=folder)
    assert str(path) in str(refusal.value)
    if damage.startswith("another"):
        assert letter.ORIGINAL.sha256 in str(refusal.value) and "letter-recognition.data or letter.dat" in str(
            refusal.value
        )


def test_folders_of_the_user_are_searched_before_the_cache(
    published: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = published("letter")
    content = (folder / "letter.dat").read_bytes()
    for where in ("cache/letter", "named", "asked/letter"):
        (tmp_path / where).mkdir(parents=True)
        (tmp_path / where / "letter.dat").write_bytes(content)
    assert letter.ORIGINAL.find(None) == [tmp_path / "cache/letter/letter.dat"]
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path / "named"))
    assert letter.ORIGINAL.find(None) == [tmp_path / "named/letter.dat"]
    assert letter.ORIGINAL.find(tmp_path / "asked") == [tmp_path / "asked/letter/letter.dat"]
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(DatasetError, match=r"Got BENCH_DATA_DIR .*nowhere, but there is no such folder"):
        letter.ORIGINAL.find(None)


def test_what_is_nowhere_is_downloaded_once(published: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, asked = published("usps"), []

    def retrieve(url: str, known_hash: None, fname: str, path: Path, progressbar: bool) -> str:
        asked.append(url)
        path.mkdir(parents=True, exist_ok=True)
        (path / fname).write_bytes((folder / fname).read_bytes())
        return str(path / fname)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    assert "USPS, 2 MB, which is downloaded into" in datasets.missing("usps")
    for _ in range(2):
        assert len(datasets.load("usps", 100).X) == 100
    assert asked == [f"{usps.SITE}zip.train.gz", f"{usps.SITE}zip.test.gz"]


@pytest.mark.parametrize("name", LOADERS)
def test_without_network_the_message_says_what_to_do(
    published: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    published(name)

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(pooch, "retrieve", refuse)
    for fetch in ("fetch_openml", "fetch_olivetti_faces"):
        monkeypatch.setattr(sklearn.datasets, fetch, refuse)
    with pytest.raises(DatasetError, match=rf"Got no {name}.*no network.*with --data-dir or BENCH_DATA_DIR"):
        datasets.load(name)


def test_what_scikit_learn_downloads_is_kept_as_plain_arrays(
    published: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    published("texture")
    upright = (FACES.reshape(400, -1) / 242).astype(np.float32)
    answers: dict[str, tuple[np.ndarray, np.ndarray]] = {
        "fetch_openml": (MOMENTS, TEXTURES.astype(str).astype(object)),
        "fetch_olivetti_faces": (upright, PEOPLE),
    }
    for fetch, answer in answers.items():
        monkeypatch.setattr(sklearn.datasets, fetch, lambda answer=answer, **_: answer)
    assert len(datasets.load("texture").X) == 490
    assert (tmp_path / "cache/texture/texture.npz").exists() and datasets.missing("texture") == ""
    kept: Sequence[Path] = faces.fetch()
    assert kept == faces.ORIGINAL.find(None)
    (tmp_path / "faces").mkdir()
    assert faces.decode(kept).fingerprint == faces.decode(_faces(tmp_path / "faces")).fingerprint


def test_an_absent_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(originals, "user_cache_path", lambda name: tmp_path / "cache")
    monkeypatch.setattr(pbmc, "find_spec", lambda name: None)
    assert "pip install '.[pbmc]'" in datasets.missing("pbmc")
    with pytest.raises(DatasetError, match=r"Got no pbmc: scanpy is not installed.* pip install '\.\[pbmc\]'"):
        datasets.load("pbmc")
    (tmp_path / pbmc.FILE).write_bytes(b"x")
    assert "pip install '.[pbmc]'" in datasets.missing("pbmc", tmp_path), "anndata reads it"


def test_every_dataset_says_what_it_is_and_what_it_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(originals, "user_cache_path", lambda name: tmp_path / "cache")
    assert [
        name for name in datasets.SOURCES if isinstance(getattr(LOADERS.get(name), "ORIGINAL", None), Original)
    ] == [*LOADERS]
    for name, module in LOADERS.items():
        text = datasets.missing(name)
        assert str(tmp_path / "cache" / name) in text and "BENCH_DATA_DIR" in text
        assert all(word in (module.__doc__ or "") for word in ("Source:", "Licence:", "Check:")), name
        assert len(module.ORIGINAL.sha256) == 64
    assert datasets.missing("digits") == ""
