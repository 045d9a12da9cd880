"""Reading recap mails, minutes and pads: bytes in, values out; asks no service and prints nothing."""
