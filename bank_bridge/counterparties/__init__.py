"""The embedded core's outside world: parties that answer, decline, delay, lose, repeat, reorder.

The core's desks come in here through a party's link. A party keeps its own books in a file of
its own, decides by its seed alone, and tells the truth in its daily file.
"""
