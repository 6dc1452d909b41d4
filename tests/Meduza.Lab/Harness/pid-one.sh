# Makes a program PID 1 of a machine of its own: pid, mount, uts, ipc, cgroup and network namespaces, and a root that is
# this machine's, with every write going to memory. Nothing is mounted in it but /dev; the rest is the init's work.
#
#   outside  joins the cgroup and the network namespace, unshares the rest
#   inside   builds the root, moves into it, becomes the program
#
# In the environment: LAB_FOLDER (an empty folder), LAB_HOSTNAME, LAB_OUTPUT (file for stdout and stderr), LAB_BINARY,
# LAB_NETNS (path, or empty for a new one), LAB_CGROUP (path, or empty), LAB_DATA (a folder for /data, or empty), LAB_PROGRAMS
# (lines NAME=PATH: programs put into /usr/bin), LAB_PREPARE (shell, run in the new root).
# The arguments are env(1)'s: the whole environment of the program, the program, its arguments.
set -eu
stage=$1
shift

if [ "$stage" = outside ]; then
    [ -z "$LAB_CGROUP" ] || echo $$ > "$LAB_CGROUP/cgroup.procs"
    set -- unshare --pid --mount --uts --ipc --cgroup --fork --kill-child sh "$0" inside "$@"
    if [ -n "$LAB_NETNS" ]; then
        exec nsenter --net="$LAB_NETNS" "$@"
    fi
    shift
    exec unshare --net "$@"
fi

# This procfs is still the outer one, so it says the pid by which the outer world knows this process.
read -r pid rest < /proc/self/stat
echo "$LAB_HOSTNAME" > /proc/sys/kernel/hostname

mount -n --make-rprivate /
mount -n -t tmpfs -o mode=755 meduza-lab "$LAB_FOLDER"
cd "$LAB_FOLDER"
mkdir -p upper/etc upper/var/lib work root
# A character device 0:0 is overlayfs's word for "not here": what this machine has there stays out of sight.
for hidden in data dev proc sys run tmp var/log var/tmp var/lib/meduza etc/meduza; do
    mknod "upper/$hidden" c 0 0
done
mount -n -t overlay -o "lowerdir=/,upperdir=$LAB_FOLDER/upper,workdir=$LAB_FOLDER/work" overlay root
cd root
mkdir dev proc sys run tmp var/log var/tmp lab-outer
chmod 1777 tmp var/tmp
cp "$LAB_BINARY" usr/bin/meduza-init
ln -sf meduza-init usr/bin/meduza
while IFS='=' read -r name path; do
    [ -z "$name" ] || install -m 755 "$path" "usr/bin/$name"
done <<PROGRAMS
$LAB_PROGRAMS
PROGRAMS

mount -n -t tmpfs -o mode=755 dev dev
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
mkdir dev/net
# As the kernel makes it; a udev is not there to give it to all.
mknod -m 600 dev/net/tun c 10 200
ln -s /proc/self/fd dev/fd

if [ -n "$LAB_DATA" ]; then
    mkdir -p data
    mount -n --bind "$LAB_DATA" data
fi

pivot_root . lab-outer
cd /
echo "pid $pid"
exec > "/lab-outer$LAB_OUTPUT" 2>&1
# umount(8) wants a procfs to find its way.
mount -n -t proc proc /proc
umount -n -l /lab-outer
# Somebody may be in here already, who asks for what is not there yet.
umount -n -l /proc
rmdir /lab-outer
rm -rf /run/mount
if [ -n "$LAB_PREPARE" ]; then
    sh -e -c "$LAB_PREPARE"
fi
exec env -i "$@"
