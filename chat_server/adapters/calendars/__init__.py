"""Calendars: which dates are not like their weekday, as the state decreed it."""
