"""Makes the reader's weights from public data sets, reproducibly: prepare, train, export. Knows nothing of the product
but the folder it exports to. `python -m training --help` is the whole interface.
"""
