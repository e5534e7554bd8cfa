#!/bin/sh
# Runs as mmdebstrap's last hook, as root of the new system (in a user namespace where the caller is
# no root). $1 is the new system's folder. Leaves in /out: base.erofs, vmlinuz, initramfs, and for the
# appliance root.tar.gz and appliance-initramfs.
# From the environment: RECIPE, the folder of this script, and ADDITION, that of what this guest has besides, or nothing.
set -eu
root=$1
say() { echo "image: $*"; }

say "unpacking the kernel"
mkdir -p "$root/out/kernel"
package=$(chroot "$root" apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-.*\)$/\1/p')
(cd "$root/out" && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -qq download "$package")
dpkg-deb --fsys-tarfile "$root"/out/linux-image-*.deb | tar -x -C "$root/out/kernel"
version=$(ls "$root/out/kernel/lib/modules")
cp "$root/out/kernel/boot/vmlinuz-$version" "$root/out/vmlinuz"

say "choosing modules of $version"
all=/out/kernel/lib/modules/$version
chroot "$root" depmod -b /out/kernel "$version"
# prints the files that a module needs, dependencies first
needs() {
    chroot "$root" modprobe --dirname /out/kernel --set-version "$version" --show-depends "$1" \
        | sed -n 's/^insmod \([^ ]*\).*/\1/p'
}
early=$root/out/initramfs.d
appliance=$root/out/appliance.d
mkdir -p "$early/modules" "$appliance/modules" "$root/lib/modules/$version"
: > "$early/modules/order"
: > "$appliance/modules/order"
# adds a module to an initramfs that has not got it yet
loads() {
    grep -qx "$(basename "$2")" "$1/modules/order" && return
    cp "$root$2" "$1/modules/"
    basename "$2" >> "$1/modules/order"
}
stages='early appliance late'
sed '/^#/d' "$RECIPE/modules" | while read -r module; do
    [ -n "$module" ] || { stages=${stages#* }; continue; }
    files=$(needs "$module")
    for file in $files; do
        relative=${file#"$all/"}
        mkdir -p "$root/lib/modules/$version/$(dirname "$relative")"
        cp "$root$file" "$root/lib/modules/$version/$relative"
        case $stages in
            early*) loads "$early" "$file"; loads "$appliance" "$file" ;;
            appliance*) loads "$appliance" "$file" ;;
        esac
    done
done
for list in modules.builtin modules.builtin.modinfo modules.order; do
    [ ! -e "$root$all/$list" ] || cp "$root$all/$list" "$root/lib/modules/$version/"
done
chroot "$root" depmod "$version"

say "making the initramfs of the plain guest and that of the appliance"
for made in "$early" "$appliance"; do
    mkdir -p "$made/bin" "$made/dev" "$made/proc" "$made/sys"
    cp "$root/bin/busybox" "$made/bin/busybox"
    for applet in sh mount mkdir cat chroot insmod sleep switch_root poweroff reboot mv sed sync tr; do
        ln -s busybox "$made/bin/$applet"
    done
done
install -m 755 "$RECIPE/init" "$early/init"
# The appliance's init is added when its image is made. Its slot is opened by the same program that a distribution's initramfs would use.
for program in /sbin/veritysetup /sbin/findfs; do
    cp -L "$root$program" "$appliance/bin/"
    for library in $(chroot "$root" ldd "$program" | grep -o '/[^ ]*'); do
        mkdir -p "$appliance$(dirname "$library")"
        cp -L "$root$library" "$appliance$library"
    done
done
pack() { (cd "$1" && find . | "$root/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null); }
pack "$early" > "$root/out/initramfs"
pack "$appliance" | gzip -9 > "$root/out/appliance-initramfs"

say "configuring the guest"
cp -R "$RECIPE/root/." "$root/"
for unit in $(sed '/^#/d' "$RECIPE/masked"); do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
if [ -n "$ADDITION" ]; then
    for unit in $(sed '/^#/d' "$ADDITION/unmasked"); do
        rm "$root/etc/systemd/system/$unit"
    done
    cp -R "$ADDITION/root/." "$root/"
fi
for unit in backdoor.service guest-network.service tmp-shared.mount; do
    mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
    ln -sf "../$unit" "$root/etc/systemd/system/multi-user.target.wants/$unit"
done
ln -sf multi-user.target "$root/etc/systemd/system/default.target"
echo guest > "$root/etc/hostname"
# Any fixed value: without one, every boot would be a first boot.
echo 70756e6b7466756e6b2d746573742d31 > "$root/etc/machine-id"
mkdir -p "$root/persist" "$root/etc/punktfunk"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/* \
    "$root"/usr/share/locale/* "$root"/usr/share/i18n/* "$root"/usr/share/icons/*
ldconfig -r "$root"

say "packing the system image"
# Not compressed: an emulated processor unpacks a few megabytes a second, which is what a start would then be spent on.
mkfs.erofs -x-1 --quiet --exclude-regex='^(out|proc|sys|dev|run|tmp)/.+' "$root/out/base.erofs" "$root"
say "packing the tree that the appliance's slots are made from"
# Everything becomes root's when a slot is packed; without what no unit of the appliance starts.
tar -c -C "$root" --anchored --exclude-from="$RECIPE/left-out" . | gzip -1 > "$root/out/root.tar.gz"
