#!/bin/bash
# The box's processor without a box: every library resolved and unpacked for aarch64, for the Pythons
# of Bookworm and Trixie, the shipped model run by the box's own code under qemu, and `moodbox demo`:
# the daemon and its eyes.
#
#     tests/tools/test_arm64.sh [bookworm] [trixie]
#
# Needs root for mmdebstrap, and a network with Debian and PyPI. Nothing is installed in the trees:
# they are unpacked, so no binfmt and no chroot is needed.
set -euo pipefail
cd "$(dirname "$0")/../.."
root="$PWD"
work="${MOODBOX_ARM64:-$root/build/arm64}"
python="${PYTHON:-$root/.venv/bin/python}"
began=$SECONDS
declare -A version=([bookworm]=3.11 [trixie]=3.13)

say() { printf '\n== %s (%s s)\n' "$*" "$((SECONDS - began))"; }

sh tests/tools/apt.sh mmdebstrap:mmdebstrap qemu-aarch64-static:qemu-user-static
mkdir -p "$work"
if ! [ -x "$work/uv/bin/uv" ]; then
    python3 -m venv "$work/uv"
    "$work/uv/bin/pip" install --quiet uv
fi

# What TensorFlow Lite reads about the processor: a Raspberry Pi 4's, where qemu would show this
# machine's, on which it crashes.
raspberry_pi() {
    local cpu="$1/sys/devices/system/cpu"
    mkdir -p "$1/proc" "$cpu"
    for core in 0 1 2 3; do
        printf 'processor\t: %s\nFeatures\t: fp asimd evtstrm crc32 cpuid\n' "$core"
        printf 'CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\n'
        printf 'CPU part\t: 0xd08\nCPU revision\t: 3\n\n'
    done > "$1/proc/cpuinfo"
    echo 0-3 | tee "$cpu/possible" > "$cpu/present"
}

# A tree's Python as a program of this machine: the daemon starts its eyes by the name of its Python.
# Byte code is kept: compiling it under qemu takes longer than anything else.
emulate() {
    cat > "$work/$1-python" <<SH
#!/bin/sh
unset PYTHONDONTWRITEBYTECODE
export PYTHONHOME=/usr PYTHONPATH="$work/libraries-$1:$root" PYTHONPYCACHEPREFIX="$work/bytecode-$1"
exec qemu-aarch64-static -0 "\$0" -cpu cortex-a72 -L "$work/$1" "$work/$1/usr/bin/python${version[$1]}" "\$@"
SH
    chmod 755 "$work/$1-python"
}

say "this machine"
"$python" tests/tools/outputs.py faces "$work/faces.npy"
"$python" tests/tools/outputs.py run "$work/faces.npy" "$work/here.npy"

for release in "${@:-bookworm trixie}"; do
    for name in $release; do
        tree="$work/$name" libraries="$work/libraries-$name"
        say "$name: Python ${version[$name]} for aarch64"
        if ! [ -d "$tree" ]; then
            mmdebstrap --quiet --variant=extract --arch=arm64 --include=python3,libstdc++6 \
                "$name" "$tree"
            # Unpacked only, /lib is not linked yet.
            [ -e "$tree/lib" ] || ln -s usr/lib "$tree/lib"
            raspberry_pi "$tree"
        fi

        say "$name: every library, by hash"
        rm -rf "$libraries"
        # 2.36 is the C library of Bookworm, the older of the two.
        "$work/uv/bin/uv" pip install --quiet --python-platform "aarch64-manylinux_2_36" \
            --python-version "${version[$name]}" --only-binary :all: --require-hashes \
            --target "$libraries" -r ansible/roles/moodbox/files/requirements.txt
        find "$libraries" -name '*.so' -print0 | xargs -0 file | grep -v 'ARM aarch64' \
            && { echo "FAILED: libraries of another processor" >&2; exit 1; }
        echo "$(find "$libraries" -maxdepth 1 -name '*.dist-info' | wc -l) packages, $(du -sm "$libraries" | cut -f1) MiB"

        say "$name: the model under qemu"
        emulate "$name"
        emulated="$work/$name-python"
        "$emulated" -c 'import cv2, msgspec, numpy, edge.app, edge.vision.watch, platform; print("edge.app on", platform.machine(), platform.python_version(), "numpy", numpy.__version__, "OpenCV", cv2.__version__)'
        "$emulated" tests/tools/outputs.py run "$work/faces.npy" "$work/$name.npy"
        "$python" tests/tools/outputs.py compare "$work/here.npy" "$work/$name.npy"

        say "$name: moodbox demo under qemu"
        "$emulated" -m edge demo --json --input edge/sample.mp4 > "$work/$name.demo"
        for event in emotions mood play; do
            grep -c "\"event\": \"$event\"" "$work/$name.demo" | sed "s/$/ times $event/" \
                || { echo "FAILED: no $event" >&2; exit 1; }
        done
    done
done
say "all of it stands"
