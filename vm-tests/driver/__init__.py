"""Boots guests in QEMU and offers the calls of the NixOS test driver on them."""
