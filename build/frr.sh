# FRR of Debian 13 beside the machine's own of Debian 12, for the tests that start daemons.

# Leaves in other_frr the folder that is its root. It is kept. Where the machine's own FRR is as new (it has mgmtd), that
# is the one to test, and other_frr is empty.
need_other_frr() {
    local folder=artifacts/frr-$IMAGE_RELEASE name
    other_frr=
    [ ! -e /usr/lib/frr/mgmtd ] || return 0
    other_frr=$PWD/$folder
    [ ! -d "$folder" ] || return 0
    unpack_release FRR frr "$folder.new"
    # vtysh asks PAM whether root may; what these two include is made when their packages are installed.
    for name in frr other; do
        printf '%s sufficient pam_permit.so\n' auth account > "$folder.new/etc/pam.d/$name"
    done
    mv "$folder.new" "$folder"
}
