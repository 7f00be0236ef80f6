//! TLS, which the URL requests.

use std::{
    env, fs,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use mfakit_redis::{ConnectError, RedisStore, RedisStoreBuilder};

use rcgen::{CertifiedKey, KeyPair};

use crate::{
    server::{Port, RedisCluster, RedisServer},
    verbs::every_verb,
};

const URL: &str = "MFAKIT_TEST_REDISS_URL";

/// Trust in certificates applies to a whole process, so the test runs itself again in a process that trusts the server's.
#[tokio::test]
async fn a_tls_server_is_used_only_if_its_certificate_is_trusted() {
    if let Ok(url) = env::var(URL) {
        return every_verb(&RedisStore::connect(url).await.unwrap()).await;
    }
    let server = Identity::new("server");
    let reserved = Port::reserve();
    let port = reserved.number().to_string();
    let options = [&server.options(&port) as &[_], &["--tls-auth-clients", "no"]].concat();
    let redis = RedisServer::with(&options).await;

    let url = format!("rediss://localhost:{port}");
    let untrusted = RedisStore::connect(url.clone()).await.unwrap_err();
    assert!(matches!(untrusted, ConnectError::Unreachable(_)), "{untrusted:?}");
    // Certificate checks cannot be switched off.
    let insecure = RedisStore::connect(format!("{url}/#insecure")).await.unwrap_err();
    assert!(matches!(insecure, ConnectError::Url(_) | ConnectError::Unreachable(_)), "{insecure:?}");

    let name = std::thread::current().name().unwrap().to_owned();
    let mut itself = Command::new(env::current_exe().unwrap());
    let itself = itself.args(["--exact", &name]).env(URL, url).env("SSL_CERT_FILE", &server.certificate);
    let said = itself.output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
    assert!(String::from_utf8_lossy(&said.stdout).contains("1 passed"));
    drop(redis);
}

/// Certificate for this machine that its own key has signed, in files.
pub(crate) struct Identity {
    pub(crate) made: CertifiedKey<KeyPair>,
    folder: PathBuf,
    pub(crate) certificate: String,
    key: String,
}

impl Identity {
    pub(crate) fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("mfakit-redis-tls-{}-{name}-{number}", std::process::id()));
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        fs::create_dir_all(&folder).unwrap();
        let [certificate, key] =
            ["cert.pem", "key.pem"].map(|file| folder.join(file).to_str().unwrap().to_owned());
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        Self { made, folder, certificate, key }
    }

    /// Returns options with which a redis-server presents this certificate on a port.
    pub(crate) fn options<'a>(&'a self, port: &'a str) -> [&'a str; 6] {
        ["--tls-port", port, "--tls-cert-file", &self.certificate, "--tls-key-file", &self.key]
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn both_sides_are_identified_by_certificates_that_the_app_sets() {
    let [server, client, other] = ["server", "client", "other"].map(Identity::new);
    let reserved = Port::reserve();
    let port = reserved.number().to_string();
    let clients = ["--tls-auth-clients", "yes", "--tls-ca-cert-file", &client.certificate];
    let _redis = RedisServer::with(&[&server.options(&port) as &[_], &clients].concat()).await;
    let builder = || RedisStore::builder(format!("rediss://localhost:{port}"));
    let trusting = || builder().certificate_authorities(server.made.cert.pem());
    let identified = |builder: RedisStoreBuilder, by: &Identity| {
        builder.client_certificate(by.made.cert.pem(), by.made.signing_key.serialize_pem())
    };

    every_verb(&identified(trusting(), &client).connect().await.unwrap()).await;
    for rejected in [
        trusting(),
        identified(trusting(), &other),
        identified(builder(), &client),
        identified(builder().certificate_authorities(other.made.cert.pem()), &client),
    ] {
        let error = rejected.connect().await.unwrap_err();
        assert!(matches!(error, ConnectError::Unreachable(_)), "{error:?}");
    }
    for malformed in [
        trusting().client_certificate(client.made.cert.pem(), "no key"),
        trusting().client_certificate("no certificate", client.made.signing_key.serialize_pem()),
        trusting().client_certificate(client.made.cert.pem(), other.made.signing_key.serialize_pem()),
        builder().certificate_authorities("no certificate"),
    ] {
        let error = malformed.connect().await.unwrap_err();
        assert!(matches!(error, ConnectError::Certificates(_)), "{error:?}");
    }
}

#[tokio::test]
async fn every_node_of_a_cluster_is_reached_by_tls() {
    let server = Identity::new("cluster");
    let reserved = [(); 3].map(|()| Port::reserve());
    let ports = reserved.each_ref().map(|port| port.number().to_string());
    // Otherwise the nodes would announce their ports without TLS.
    let bus = ["--tls-cluster", "yes", "--tls-ca-cert-file", &server.certificate];
    let options = ports
        .each_ref()
        .map(|port| [&server.options(port) as &[_], &["--tls-auth-clients", "no"], &bus].concat());
    let cluster = RedisCluster::with(options.each_ref().map(Vec::as_slice)).await;
    let store = RedisStore::cluster([format!("rediss://127.0.0.1:{}", ports[0])]);
    every_verb(&store.certificate_authorities(server.made.cert.pem()).connect().await.unwrap()).await;
    for node in cluster.nodes() {
        assert_ne!(node.cli(&["dbsize"]), "0", "every node is used");
    }
    let untrusted = RedisStore::cluster([format!("rediss://127.0.0.1:{}", ports[0])]).connect().await;
    assert!(matches!(untrusted, Err(ConnectError::Unreachable(_))), "{untrusted:?}");
}
