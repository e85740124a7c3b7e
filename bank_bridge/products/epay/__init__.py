"""工银e支付, small quick payments (bank-services §2.5): the agreement, its limits, and gifts.

A gift is money to a person of the chat: a transfer that the other takes, or a red packet 红包
that one or many take. Until then it waits in one account, and what nobody takes goes back.
"""
