"""Media as files of a folder. A file has its name only once it is whole and on the disk."""
