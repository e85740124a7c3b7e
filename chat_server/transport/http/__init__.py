"""HTTP beside the socket: what is not real-time, the staff's desk, and the web app."""
