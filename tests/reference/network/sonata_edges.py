"""One edge as SONATA has it (https://github.com/AllenInstitute/sonata), with weight and delay of its own, by h5py.

    python tests/reference/network/sonata_edges.py tests/reference/network/sonata_edges.h5
"""

import sys

import h5py

with h5py.File(sys.argv[1], "w") as file:
    file.attrs["magic"], file.attrs["version"] = 0x0A7A, [0, 1]
    edges = file.create_group("edges/rs_to_fs")
    for name, node in [("source_node_id", "rs"), ("target_node_id", "fs")]:
        edges.create_dataset(name, data=[0], dtype="u8").attrs["node_population"] = node
    edges.create_dataset("edge_type_id", data=[100], dtype="u8")
    edges.create_dataset("edge_group_id", data=[0], dtype="u2")
    edges.create_dataset("edge_group_index", data=[0], dtype="u8")
    group = edges.create_group("0")
    group.create_dataset("syn_weight", data=[12.0])
    group.create_dataset("delay", data=[1.5])
