"""工银e缴费, the payment of bills (bank-services §2.6).

Bills live here, so that one bill looks the same in every channel; channels only render.
Nothing here talks to a customer, and a biller is told of each payment exactly once.
"""
