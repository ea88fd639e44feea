"""The archive: Parquet files of events and sessions per site and UTC day or month, and the manifest that names them."""
