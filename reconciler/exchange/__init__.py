"""What every exchange over HTTP keeps to, with a bureau or with a forge: deadlines, caps, where a token may be sent."""
