"""Fund products of 融e行 (bank-services §2.4): assessed, bought, held, sold at a day's value.

Money that was paid waits in the fund's own account until the value of its trade day is
published; shares are only ever what confirmed orders add up to.
"""
