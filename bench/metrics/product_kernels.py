"""Compiled kernel: exact inner products of small whole numbers. See `bench.metrics.kernels` for the rules it keeps.

Two neighbouring features of a point, of two bytes each, are one number of four bytes, a pair. A processor multiplies
eight such pairs by one at a time, or sixteen, and adds the two products of each: twice as many as of floating point.
Pairs of a query that are zero are left out: three quarters of them in the image of a digit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

Array = np.ndarray
WIDTH = 16
"""Points of a tile: their sums stay in the registers of a processor."""


@intrinsic
def _sum_products(typingctx: Any, tile: Any, places: Any, values: Any, n: Any, sums: Any) -> Any:
    """Sum over t < n the products of the pair `values[t]` with the pairs `tile[places[t]]` into `sums`.

    In plain loops the compiler does not find the instruction that multiplies pairs and adds. It does in this form, on
    every processor that has one.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        given = [(of, one) for of, one in zip(signature.args, arguments, strict=True) if isinstance(of, types.Array)]
        tile, places, values, sums = (context.make_array(of)(context, builder, one).data for of, one in given)
        whole, of_pairs = ir.IntType(32), ir.VectorType(ir.IntType(32), 2 * WIDTH)
        wide, narrow = ir.VectorType(whole, WIDTH), ir.VectorType(ir.IntType(16), 2 * WIDTH)
        nothing, first = ir.Constant(wide, ir.Undefined), ir.Constant(wide, None)
        even, odd = (ir.Constant(wide, list(range(start, 2 * WIDTH, 2))) for start in (0, 1))
        total, rows = cgutils.alloca_once_value(builder, first), builder.bitcast(tile, narrow.as_pointer())

        def widened(pairs: Any) -> Any:
            return builder.sext(builder.bitcast(pairs, narrow), of_pairs)

        with cgutils.for_range(builder, arguments[3]) as loop:
            place, value = (builder.load(builder.gep(array, [loop.index])) for array in (places, values))
            everywhere = builder.shuffle_vector(builder.insert_element(nothing, value, whole(0)), nothing, first)
            row = builder.load(builder.gep(rows, [place]), align=2)
            products = builder.mul(widened(row), widened(everywhere))
            halves = (builder.shuffle_vector(products, products, half) for half in (even, odd))
            builder.store(builder.add(builder.load(total), builder.add(*halves)), total)
        builder.store(builder.load(total), builder.bitcast(sums, wide.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(tile, places, values, n, sums), generate


@njit(cache=True, nogil=True)
def multiply(
    chunk: int,
    n_chunks: int,
    starts: Array,
    places: Array,
    values: Array,
    row_terms: Array,
    tiles: Array,
    terms: Array,
    products: Array,
) -> None:
    """Write the inner products of queries with all points, of which a chunk takes its share, into `products`.

    `values` are the pairs of queries that are not zero, one query's from `starts[row]` on, and `places` say which pairs
    they are. `tiles`, of shape (n_tiles, n_pairs, WIDTH), have the pairs of all points. A term of each query, in
    `row_terms`, and one of each point are added; all sums are of 32 bits and wrap around.
    """
    n, sums = products.shape[1], np.empty(WIDTH, np.int32)
    for tile in range(chunk * len(tiles) // n_chunks, (chunk + 1) * len(tiles) // n_chunks):
        first = tile * WIDTH
        for row in range(len(products)):
            start, stop = starts[row], starts[row + 1]
            _sum_products(tiles[tile], places[start:stop], values[start:stop], stop - start, sums)  # type: ignore[call-arg]
            for t in range(min(WIDTH, n - first)):
                products[row, first + t] = np.int32(sums[t] + row_terms[row] + terms[first + t])
