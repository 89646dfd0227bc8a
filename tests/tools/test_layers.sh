#!/bin/bash
# The way back of an image in layers, in a virtual machine: kernel, initramfs and disk are the image's,
# and in the place of systemd a shell breaks the system, so that nothing starts. The fourth start is to be
# as flashed, with what is the household's. What comes after it is test_image.sh's subject.
#
#     tests/tools/test_layers.sh [FILE-layers.img]
#
# After `MOODBOX_PROFILE=ansible/image/profile-layers.yml make image`; MOODBOX_ARCH and MOODBOX_IMAGE as there.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Its functions, without what it does with them.
source <(sed '/^write_card$/,$d; s,^cd .*,:,' tests/tools/test_image.sh)

# Start, and let a shell do something in the place of systemd: run_instead WORDS
run_instead() {
    : > "$box/console"
    timeout $((300 * ${MOODBOX_SLOW:-1})) "$program" "${machine_is[@]}" -accel "$accel" "${timing[@]}" -m 512 \
        -display none -no-reboot -kernel "$box/kernel" -initrd "$box/initrd" \
        -append "$(sed 's/console=[^ ]*//g; s/panic=[0-9]*/panic=1/' "$box/cmdline") console=$console init=/bin/sh -- -c \"$1; echo s > /proc/sysrq-trigger; i=0; while [ \$i -lt 100000 ]; do i=\$((i + 1)); done; echo o > /proc/sysrq-trigger; while :; do :; done\"" \
        -drive "file=$disk,if=virtio,format=raw,cache=$cache" -serial "file:$box/console" -monitor none \
        < /dev/null > /dev/null 2>&1 || fail "it does not end"
}
says() { grep -aq "$1" "$box/console" || fail "nothing says: $1"; }

write_card
[ -n "$layered" ] || fail "$image is not in layers"
say "changed, and broken"
run_instead "echo root is \$(stat -f -c %T /); touch /usr/local/bin/changed && echo mine > /etc/moodbox/mark && echo tries \$(cat /run/layers/data/tries); mv /usr/lib/*/libc.so.6 /usr/lib/gone"
says "root is overlayfs"
for start in 2 3; do
    say "start $start: nothing runs"
    run_instead "echo it runs"
    says "Kernel panic"
    ! grep -aq '^it runs' "$box/console" || fail "it was not broken"
done
say "start 4"
run_instead "ls /usr/local/bin/changed; echo mark \$(cat /etc/moodbox/mark); ls /run/layers/data; echo tries \$(cat /run/layers/data/tries); touch /run/layers/lower/x"
cat "$box/console"
says "back to what was flashed"
says "changed': No such file"
says "mark mine"
says "aside-1"
says "tries 1"
says "Read-only file system"
say "asked for, by moodbox-back"
run_instead "touch /usr/local/bin/changed /run/layers/data/back"
# The last of it is what systemd starts once the box is READY.
run_instead "ls /usr/local/bin/changed; echo mark \$(cat /etc/moodbox/mark); ls /run/layers/data; /usr/local/lib/moodbox/layers-up; echo tries \$(cat /run/layers/data/tries); echo size \$(df -m --output=size / | tail -1)"
says "changed': No such file"
says "mark mine"
says "aside-2"
says "tries 0"
megabytes=$(grep -ao '^size [0-9]*' "$box/console" | cut -d' ' -f2)
[ "$megabytes" -gt $((grown - flashed + 512 - 250)) ] || fail "the data are $megabytes MiB of $grown"
say "all of it stands"
