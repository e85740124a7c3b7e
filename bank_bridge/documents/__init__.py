"""Documents: account statements as PDF, XLSX and camt.053; payment files as pain.001 and pain.002.

Called by gateways with values of `contract`, and by the command line. Reads and writes bytes
only: never the books, never a file.
"""
