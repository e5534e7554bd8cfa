# Read by the scripts beside it: the FAT partition of the disk that this box runs from.

say() { echo "$*" >&2; }

# The partition PUNKTFUNK of the disk that holds /var, never one of another disk.
fat_partition() {
    device=$(findmnt -n -o SOURCE --target /var) || return
    disk=$(lsblk -n -d -o PKNAME "${device%%\[*}") || return
    for entry in /sys/class/block/"$disk"/"$disk"*/uevent; do
        grep -qx PARTNAME=PUNKTFUNK "$entry" && echo "/dev/$(sed -n 's/^DEVNAME=//p' "$entry")" && return
    done
    return 1
}

# Mounts it at $1, to be read only.
mount_fat() {
    from=$(fat_partition) || { say "this disk has no partition PUNKTFUNK"; return 1; }
    mkdir -p "$1" && mount -t vfat -o ro,nosuid,nodev,noexec,umask=077 "$from" "$1"
}
