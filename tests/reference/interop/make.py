"""Files as NumPy and pyarrow write them, for the test of reading (python3 make.py; made with NumPy 2.4.6 and pyarrow 26.0.1)."""

import numpy
import pyarrow
import pyarrow.parquet

t = numpy.array([3.1, 26.2, 77.0 / 3.0 + 30.0])
numpy.savez("savez.npz", t_ms=t, spike=numpy.array([False, True, True]), scheme=numpy.array(["rk4", "τ", ""]))
numpy.savez_compressed("savez_compressed.npz", t.astype(">f4"))
table = pyarrow.table({"neuron": pyarrow.array([7, 7, 8], pyarrow.int32()), "t_ms": t})
pyarrow.parquet.write_table(table, "pyarrow.parquet", compression="NONE", use_dictionary=False)
print(numpy.__version__, pyarrow.__version__)
