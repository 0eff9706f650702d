#!/usr/bin/env bash
# Makes the certificates and stores of this folder anew, in the folder it is called from; needs openssl and keytool.
set -euo pipefail
days=36500

key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1.key"; }

key ca
openssl req -x509 -new -key ca.key -days $days -out ca.pem -subj /CN=ktool-test-ca
key intermediate
openssl req -new -key intermediate.key -subj /CN=ktool-test-intermediate -out intermediate.csr
openssl x509 -req -in intermediate.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days $days \
  -extfile <(echo basicConstraints=critical,CA:TRUE) -out intermediate.pem

leaf() { # NAME ALT-NAMES AUTHORITY
  key "$1"
  openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days $days \
    -extfile <(echo "subjectAltName=$2") -out "$1.pem"
}
leaf localhost DNS:localhost,IP:127.0.0.1 ca
leaf elsewhere DNS:broker.example.com ca
leaf client DNS:client intermediate

# The certificate of localhost.key that ended in 2021.
openssl req -new -key localhost.key -subj /CN=expired -out expired.csr
touch index && echo 01 > serial
printf '%s\n' '[ca]' default_ca=x '[x]' database=index serial=serial new_certs_dir=. default_md=sha256 policy=p \
  '[p]' commonName=supplied > ca.cnf
openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -startdate 20200101000000Z \
  -enddate 20210101000000Z -extfile <(echo subjectAltName=DNS:localhost,IP:127.0.0.1) -in expired.csr -out expired.pem

cat client.key client.pem intermediate.pem > client-chain.pem
openssl pkcs8 -topk8 -in client.key -passout pass:key-password -out client-encrypted.key
openssl pkcs12 -export -in client-chain.pem -certfile ca.pem -passout pass:store-password -out openssl.p12
openssl pkcs12 -export -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1 -in client-chain.pem \
  -passout pass:store-password -out triple-des.p12
openssl pkcs12 -export -legacy -in client-chain.pem -passout pass:store-password -out legacy.p12

store() { keytool "$@" -noprompt -storepass store-password; }
for type in pkcs12:keytool.p12 jks:keys.jks; do
  keytool -importkeystore -noprompt -srckeystore openssl.p12 -srcstorepass store-password \
    -destkeystore "${type#*:}" -deststoretype "${type%:*}" -deststorepass store-password
done
store -importcert -alias ca -file ca.pem -keystore trust.p12
store -importcert -alias ca -file ca.pem -keystore trust.jks -storetype jks
store -importcert -alias leaf -file localhost.pem -keystore leaf.p12
store -genkeypair -alias rsa -keyalg RSA -keysize 2048 -dname CN=rsa -validity $days -keystore rsa.p12
