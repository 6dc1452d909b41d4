# Container engines of Debian 13, for the tests that load the image and run it as operators do. No service of theirs runs.

readonly ENGINE_PACKAGES=podman,crun,conmon,skopeo,docker-compose

# Exports MEDUZA_ENGINES, the folder that is their root. It is kept.
need_engines() {
    local folder=artifacts/engines-$IMAGE_RELEASE
    export MEDUZA_ENGINES=$PWD/$folder
    [ ! -d "$folder" ] || return 0
    unpack_release "container engines" "$ENGINE_PACKAGES" "$folder.new"
    # What is mounted there is the test's.
    mkdir -p "$folder.new"/{proc,dev,sys,run,tmp,var/tmp,var/lib/containers,outside}
    mv "$folder.new" "$folder"
}
