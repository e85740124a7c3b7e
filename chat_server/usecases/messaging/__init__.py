"""Writing into conversations and reading them: what every chat is made of.

Called by transport for a person, and by bots and broadcasts that write as public
accounts. Who may is decided here each time; nothing here knows of sockets or frames.
"""
