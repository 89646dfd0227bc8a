# Raspberry Pi's kernels, firmware and archive in the place of Debian's kernel. Read by build.sh, whose
# arch, suite, work, tree, version, theirs, fail and as_chroot it takes.
# shellcheck shell=bash disable=SC2034,SC2154
archive="${MOODBOX_ARCHIVE:-https://archive.raspberrypi.com/debian}"
fingerprint="${MOODBOX_ARCHIVE_KEY:-CF8A1AF502A2AA2D763BAE7E82B129927FA3303E}"
keyring=usr/share/keyrings/raspberrypi-archive-keyring.pgp

get() { curl --fail --silent --show-error --location --connect-timeout 20 --max-time 120 "$1"; }

# Whose kernel this image has.
whose_kernel() {
    case "${MOODBOX_KERNEL:-}" in
        debian | raspberrypi) echo "$MOODBOX_KERNEL"; return ;;
        "") ;;
        *) fail "MOODBOX_KERNEL is $MOODBOX_KERNEL; known are debian and raspberrypi" ;;
    esac
    if [ "$arch" != arm64 ]; then
        echo debian
    elif get "$archive/dists/$suite/Release" > /dev/null 2>&1; then
        echo raspberrypi
    else
        echo "$archive does not answer, so Debian's kernel: such a box has no lamp, no button, no ribbon" \
            "camera, no audio HAT and no Coral on PCIe, and hardly starts on a Raspberry Pi 5" >&2
        echo debian
    fi
}

# The key is what its fingerprint says, and no other is beside it: then it matters not who sent it. It is
# taken from the archive's own package, for the loose raspberrypi.gpg.key is signed by SHA-1, which apt
# refuses since 2026 (rpi-image-gen issue 171).
take_key() { # FILE
    local deb found
    deb=$(get "$archive/dists/$suite/main/binary-$arch/Packages.gz" | gzip -dc \
        | sed -n '/^Package: raspberrypi-archive-keyring$/,/^$/s/^Filename: //p' | tail -n 1) || deb=""
    [ -n "$deb" ] || fail "$archive has no raspberrypi-archive-keyring"
    get "$archive/$deb" > "$1.deb"
    rm -rf "$1.d" && dpkg-deb --extract "$1.deb" "$1.d"
    cp "$1.d/$keyring" "$1"
    found=$(gpg --batch --show-keys --with-colons "$1" 2> /dev/null \
        | awk -F: '$1 == "fpr" && last == "pub" { print $10 } { last = $1 }' | paste -sd' ') || true
    [ "$found" = "$fingerprint" ] || fail "the key of $archive is ${found:-none}, and has to be $fingerprint"
}

# Tell mmdebstrap of the archive. Its apt runs outside the tree, and there looks for the key.
add_their_source() {
    local source=etc/apt/sources.list.d/raspi.sources
    take_key "$work/raspi.pgp"
    printf 'Types: deb\nURIs: %s/\nSuites: %s\nComponents: main\n' "$archive" "$suite" > "$work/raspi.sources"
    theirs=(
        --setup-hook="install -D -m 644 $work/raspi.pgp \"\$1/$keyring\""
        --setup-hook="install -m 644 $work/raspi.sources \"\$1/$source\""
        --setup-hook="echo \"Signed-By: \$1/$keyring\" >> \"\$1/$source\""
        --customize-hook="sed -i \"s,\$1/,/,\" \"\$1/$source\""
    )
}

# All that the card starts by, before the playbook comes: a HAT and a Coral are lines in config.txt, and
# by /etc/rpi-issue the playbook knows whose system it is. Kernels, device trees and overlays are laid by
# a hook of raspi-firmware, which a kernel that was installed before it did not call.
become_theirs() {
    local kernel file firmware="$tree/boot/firmware"
    printf 'moodbox %s %s\nGenerated using ansible/image/build.sh\n' "$version" \
        "$(date --utc --date="@$SOURCE_DATE_EPOCH" +%F)" > "$tree/etc/rpi-issue"
    cp -rn "$tree"/usr/lib/raspi-firmware/* "$firmware/"
    for kernel in "$tree"/lib/modules/*; do
        kernel=${kernel##*/}
        as_chroot /etc/kernel/postinst.d/z50-raspi-firmware "$kernel" "/boot/vmlinuz-$kernel"
        as_chroot /etc/initramfs/post-update.d/z50-raspi-firmware "$kernel" "/boot/initrd.img-$kernel"
    done
    cp ansible/image/boot-raspberrypi/* "$firmware/"
    for file in start4.elf kernel8.img initramfs8 kernel_2712.img initramfs_2712 bcm2712-rpi-5-b.dtb overlays; do
        [ -e "$firmware/$file" ] || fail "Raspberry Pi's packages have laid no $file on /boot/firmware"
    done
}
