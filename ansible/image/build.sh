#!/bin/bash
# A card to flash: a Debian tree for the box, the playbook applied to it, and a partition table round it.
#
#     ansible/image/build.sh        makes build/image/arm64/out/moodbox-VERSION-arm64.img.xz and what lies beside it
#
# MOODBOX_KERNEL=debian        or raspberrypi [for arm64 Raspberry Pi's where their archive answers, else Debian's]
# MOODBOX_ARCHIVE=ADDRESS      a mirror of Raspberry Pi's archive; MOODBOX_ARCHIVE_KEY=FINGERPRINT of another's
# MOODBOX_ARCH=amd64           the same for a PC's processor, to try the image in a fast machine
# MOODBOX_PROFILE=FILE.yml     the playbook's variables for this image [ansible/image/profile.yml]
# MOODBOX_IMAGE=FOLDER         where it is made, some 8 GB [build/image]; the base tree is kept there
# MOODBOX_STEPS="base play disk pack"     what is done; MOODBOX_XZ=-1 packs sooner [-6]
# Needs root, a network with Debian, PyPI and GitHub, and on another processor binfmt_misc, but no loop
# device. A profile with `receiver_kind: none` and `moodbox_yunet: false` does without GitHub.
set -euo pipefail
cd "$(dirname "$0")/../.."
root="$PWD"
arch="${MOODBOX_ARCH:-arm64}"
shared="${MOODBOX_IMAGE:-$root/build/image}"
work="$shared/$arch"
profile="${MOODBOX_PROFILE:-$root/ansible/image/profile.yml}"
suite="${MOODBOX_SUITE:-trixie}"
tree="$work/tree" out="$work/out"
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' edge/__init__.py)
name="moodbox-$version-$arch"
# The same source gives the same times in the image.
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
began=$SECONDS

grep -q '^image_layers: true' "$profile" && layered=yes || layered=""
name="$name${layered:+-layers}"

does() { [[ " ${MOODBOX_STEPS:-base play disk pack} " == *" $1 "* ]]; }
say() { printf '\n== %s (%s s)\n' "$*" "$((SECONDS - began))"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
. ansible/image/raspberrypi.sh

prepare() {
    [ "$(id -u)" = 0 ] || fail "needs root"
    [ -f "$profile" ] || fail "$profile is not there"
    sh tests/tools/apt.sh mmdebstrap:mmdebstrap genimage:genimage mcopy:mtools \
        mkfs.vfat:dosfstools bmaptool:bmap-tools xz:xz-utils mke2fs:e2fsprogs curl:curl gpg:gpg
    [ "$(dpkg --print-architecture)" = "$arch" ] || emulate
    mkdir -p "$out"
}

# Let the kernel run programs for arm64 by qemu.
emulate() {
    local kernel=/proc/sys/fs/binfmt_misc
    sh tests/tools/apt.sh qemu-aarch64-static:qemu-user-static arch-test:arch-test
    [ -e "$kernel/register" ] || mount -t binfmt_misc binfmt_misc "$kernel"
    [ -e "$kernel/qemu-aarch64" ] || cat /usr/lib/binfmt.d/qemu-aarch64.conf > "$kernel/register"
}

# What Raspberry Pi OS Lite begins with. Kept, for it takes longest and changes least. fstab comes before
# the kernel: by it the initramfs knows which fsck to take along.
make_base() {
    local kernel packages base theirs=()
    kernel=$(whose_kernel)
    say "the base: $suite for $arch, the kernel of $kernel"
    packages=$(grep -hv '^#' ansible/image/packages.txt "ansible/image/packages-$kernel.txt" \
        | sed "s/ARCH/$arch/" | paste -sd,)
    base="$work/base-$suite-$(cat - ansible/image/tree/etc/fstab <<< "$packages $archive" | sha256sum | cut -c1-12).tar"
    [ -f "$base" ] || {
        [ "$kernel" = debian ] || add_their_source
        mmdebstrap --quiet --architectures="$arch" --variant=minbase \
            --components=main,non-free-firmware \
            --essential-hook="copy-in $root/ansible/image/tree/etc/fstab /etc" \
            --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d"' \
            --essential-hook='echo COMPRESSLEVEL=1 > "$1/etc/initramfs-tools/conf.d/speed"' \
            "${theirs[@]}" --include="$packages" --format=tar "$suite" "$base.new"
        mv "$base.new" "$base"
    }
    # The tree is a folder of ours with nothing mounted; anything else would be a mistake to delete.
    ! grep -q " $tree" /proc/mounts || fail "something is mounted under $tree"
    rm -rf --one-file-system "$tree"
    mkdir "$tree"
    tar -C "$tree" --numeric-owner --xattrs -xf "$base"
    # Root's, and nobody else's to write, whatever the checkout's umask was.
    tar -C ansible/image/tree --owner=0 --group=0 --mode=u+rwX,go+rX,go-w -c . \
        | tar -C "$tree" --no-overwrite-dir -x
    mkdir -p "$tree/boot/firmware"
    cp ansible/image/boot/* "$tree/boot/firmware/"
    [ "$kernel" = debian ] || become_theirs
    borrow
}

# A kernel's hooks ask for a mounted /boot/firmware, but where they find themselves in a chroot; emulated,
# they cannot.
as_chroot() { # PROGRAM…
    local ended=0
    printf '#!/bin/sh\n' > "$tree/tmp/ischroot" && chmod 755 "$tree/tmp/ischroot"
    chroot "$tree" env PATH=/tmp:/usr/sbin:/usr/bin:/sbin:/bin DEB_MAINT_PARAMS=configure "$@" || ended=$?
    rm "$tree/tmp/ischroot"
    return "$ended"
}

# What the tree needs of this machine while it is made: names, trusted authorities, and no daemons.
borrow() {
    cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
    cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt"
    printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
    chmod 755 "$tree/usr/sbin/policy-rc.d"
    # The base has no lists of packages, and Ansible tells by this folder's age whether to fetch some.
    touch --date=@0 "$tree/var/lib/apt/lists"
    mkdir -p "$work/debs" "$tree/var/cache/apt/archives"
    cp -n "$work"/debs/*.deb "$tree/var/cache/apt/archives/" 2>/dev/null || true
    # Kept between two builds, beside the tree.
    echo 'APT::Keep-Downloaded-Packages "true"; Binary::apt::APT::Keep-Downloaded-Packages "true";' \
        > "$tree/etc/apt/apt.conf.d/99-image"
}

play() {
    say "the playbook"
    if ! [ -x "$shared/ansible/bin/ansible-playbook" ]; then
        python3 -m venv "$shared/ansible"
        "$shared/ansible/bin/pip" install --quiet 'ansible==12.3.0'
    fi
    rm -rf "$work/dist"
    [ -x "$shared/build-venv/bin/pip" ] || python3 -m venv "$shared/build-venv"
    "$shared/build-venv/bin/pip" wheel --quiet --no-deps --wheel-dir "$work/dist" .
    cat > "$work/inventory.yml" <<YAML
boxes:
  hosts:
    "$tree":
      ansible_connection: community.general.chroot
      ansible_python_interpreter: /usr/bin/python3
      ansible_become: false
  vars:
    moodbox_wheel: "$(echo "$work"/dist/moodbox-*.whl)"
YAML
    # A clean environment: the chroot inherits it.
    (cd ansible && env -i HOME=/root LANG=C.UTF-8 PATH="$shared/ansible/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        ANSIBLE_NOCOLOR=1 ANSIBLE_PIPELINING=1 "$shared/ansible/bin/ansible-playbook" site.yml \
        -i "$work/inventory.yml" -e "@$profile" > "$work/play.log" 2>&1) \
        || { tail -40 "$work/play.log"; fail "the playbook"; }
    tail -2 "$work/play.log"
}

# What was flashed is only read; all changes lie on a partition of their own. See docs/image.md.
lay_in_layers() {
    tar -C ansible/image/layers --owner=0 --group=0 --mode=u+rwX,go+rX,go-w -c . \
        | tar -C "$tree" --no-overwrite-dir -x
    as_chroot update-initramfs -u -k all > "$work/initramfs.log" 2>&1 \
        || { tail -5 "$work/initramfs.log"; fail "the initramfs"; }
}

# Take away what belongs to this machine, and what would make two boxes one.
clean() {
    say "clean"
    cp -n "$tree"/var/cache/apt/archives/*.deb "$work/debs/" 2>/dev/null || true
    rm -rf --one-file-system "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/root/.ansible \
        "$tree"/root/.cache "$tree"/tmp/* "$tree"/var/tmp/* "$tree"/run/* "$tree"/opt/moodbox/incoming
    rm -f "$tree"/etc/ssh/ssh_host_* "$tree/etc/resolv.conf" "$tree/usr/sbin/policy-rc.d" \
        "$tree/etc/apt/apt.conf.d/99-image" "$tree"/var/lib/systemd/random-seed \
        "$tree/var/lib/dbus/machine-id"
    find "$tree/var/log" -type f -delete
    # Who only looked (moodbox check) has left the id of a machine that there is not.
    find "$tree/var/lib/moodbox" -mindepth 1 -delete
    # Empty, not missing: each box makes its own at its first start.
    : > "$tree/etc/machine-id"
    chroot "$tree" update-ca-certificates --fresh > /dev/null 2>&1
    # Else the first start makes the linker's cache, the hardware's list and more once again.
    chroot "$tree" /usr/lib/systemd/systemd-update-done
}

make_disk() {
    say "the disk"
    local size firmware="$tree/boot/firmware" table="$work/genimage.cfg"
    [ -z "$layered" ] || lay_in_layers
    if [ -e "$tree/etc/rpi-issue" ]; then
        :  # all is there since before the playbook
    elif [ "$arch" = arm64 ]; then
        # config.txt, cmdline.txt, kernel: written by Debian's package, now that its settings are ours.
        as_chroot /etc/kernel/postinst.d/z50-raspi-firmware
        cp -rn "$tree"/usr/lib/raspi-firmware/* "$firmware/"
    else
        cp "$tree"/boot/vmlinuz-* "$tree"/boot/initrd.img-* "$firmware/"
        echo "root=LABEL=rootfs rootwait rw" > "$firmware/cmdline.txt"
    fi
    # The first line is what the kernel is told.
    [ -z "$layered" ] || sed -i '1s/$/ ro panic=10 moodbox.layers/' "$firmware/cmdline.txt"
    rm -rf "$work/genimage.tmp" "$work/boot" && mkdir -p "$work/boot/boot"
    mv "$firmware" "$work/boot/boot/firmware" && mkdir "$firmware"
    size=$(($(du -sm "$tree" | cut -f1) * 110 / 100 + 200))
    rm -f "$work/root.ext4"
    mke2fs -q -t ext4 -L rootfs -d "$tree" "$work/root.ext4" "${size}M"
    rmdir "$firmware" && cp -r "$work/boot/boot/firmware" "$firmware"
    cp ansible/image/genimage.cfg "$table"
    if [ -n "$layered" ]; then
        rm -f "$work/data.ext4" && mke2fs -q -t ext4 -L data "$work/data.ext4" 512M
        sed -i '$d' "$table"
        printf '    partition data {\n        partition-type = 0x83\n        image = "data.ext4"\n    }\n}\n' >> "$table"
    fi
    genimage --config "$table" --rootpath "$work/boot" --tmppath "$work/genimage.tmp" \
        --inputpath "$work" --outputpath "$work" > "$work/genimage.log" 2>&1 \
        || { tail -5 "$work/genimage.log"; fail "genimage"; }
    rm -rf "${out:?}/$name".* "$work/root.ext4" "$work/data.ext4" "$work/boot.vfat" && mv "$work/moodbox.img" "$out/$name.img"
    bmaptool create -o "$out/$name.bmap" "$out/$name.img" 2> /dev/null
    ls -ls "$out"
}

pack() {
    say "pack"
    nice xz -T0 "${MOODBOX_XZ:--6}" --keep --force "$out/$name.img"
    .venv/bin/python -m convert.card_image --tree "$tree" --image "$out/$name.img" \
        --wheels "$work/wheels" --models "$tree$(readlink "$tree/opt/moodbox/current")/models"
    (cd "$out" && sha256sum "$name.img.xz" "$name.bmap" "$name".*.json > "$name.sha256")
    rm -f "$out/$name.img"
    ls -l "$out"
}

prepare
! does base || make_base
! does play || { play; rm -rf "$work/wheels"; cp -r "$tree"/opt/moodbox/incoming/*/wheels "$work/wheels"; }
! does disk || { clean; ansible/image/inspect.sh "$tree" || fail "the above is not to be in an image"; make_disk; }
! does pack || pack
say "done"
