"""What a public account has beside its broadcasts: followers, menus, replies, codes, notices."""
