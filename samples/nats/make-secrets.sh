#!/bin/sh
# Makes, in the folder where it is run, what nats.conf and cluster.conf want beside them, with openssl and prism alone:
#
#     make-secrets.sh HOST…          # names or addresses by which clients reach the servers
#
#   ca.pem, ca.key           an authority of your own: ca.pem goes to every client, ca.key to nobody
#   server.pem, server.key   the servers' certificate, for all HOSTs
#   lab_a_node.nk …          seeds of nkeys: each goes to its user and to nobody else
#   keys.conf                the public keys, for accounts.conf
#
# Files that are there already stay. PRISM names another prism than the one on the PATH.
set -eu
umask 077
[ $# -gt 0 ] || { echo "usage: $0 HOST…" >&2; exit 2; }
prism=${PRISM:-prism}

names=
for host; do
	case $host in
	*[!0-9.]*) kind=DNS ;;
	*) kind=IP ;;
	esac
	case $host in *:*) kind=IP ;; esac
	names=$names${names:+,}$kind:$host
done

if [ ! -e ca.pem ]; then
	openssl req -x509 -newkey ed25519 -nodes -days 3650 -subj "/CN=prism's own authority" -keyout ca.key -out ca.pem
fi
if [ ! -e server.pem ]; then
	openssl req -newkey ed25519 -nodes -subj "/CN=NATS for prism" -keyout server.key -out server.csr
	printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$names" >server.ext
	openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile server.ext -out server.pem
	rm server.csr server.ext
fi

for user in lab_a_node lab_a_session lab_a_watch lab_b_node lab_b_session lab_b_watch; do
	key=$("$prism" nkey "$user.nk") # on a line of its own: a failure ends the script
	echo "$user: $key"
done >keys.conf.new
mv keys.conf.new keys.conf
