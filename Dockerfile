# A gateway as a container: the binary, and Debian's packages of the daemons that it drives.
#
#   ./build.sh
#   docker build -t meduza .
#   docker run --cap-add NET_ADMIN --cap-add SYS_ADMIN --device /dev/net/tun -v meduza:/data \
#       -e NODE_ID=gw1 -e ETCD_ENDPOINTS=https://10.0.0.1:2379 meduza

FROM debian:trixie-slim
# The packages ask for their services to be started; in here that is PID 1's business alone.
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \
    && apt-get update \
    && apt-get install --yes --no-install-recommends dnsmasq-base etcd-client etcd-server frr openvpn tinc wireguard-go \
    && rm -rf /var/lib/apt/lists/* /usr/sbin/policy-rc.d
# Users of the programs whose packages make none; see docs/security.md.
RUN for user in dnsmasq openvpn tinc wireguard easytier mihomo mosdns etcd; do \
        id -u "$user" > /dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"; \
    done
COPY rootfs/ /
COPY artifacts/meduza-init /usr/bin/meduza-init
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/meduza-init"]
