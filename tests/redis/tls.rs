//! TLS, which the URL requests.

use std::{env, fs, process::Command};

use mfakit_redis::{ConnectError, RedisStore};

use crate::{
    server::{Port, RedisServer},
    verbs::every_verb,
};

const URL: &str = "MFAKIT_TEST_REDISS_URL";

/// Trust in certificates applies to a whole process, so the test runs itself again in a process that trusts the server's.
#[tokio::test]
async fn a_tls_server_is_used_only_if_its_certificate_is_trusted() {
    if let Ok(url) = env::var(URL) {
        return every_verb(&RedisStore::connect(url).await.unwrap()).await;
    }
    let folder = env::temp_dir().join(format!("mfakit-redis-tls-{}", std::process::id()));
    let (cert_file, key_file) = (folder.join("cert.pem"), folder.join("key.pem"));
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::create_dir_all(&folder).unwrap();
    fs::write(&cert_file, made.cert.pem()).unwrap();
    fs::write(&key_file, made.signing_key.serialize_pem()).unwrap();
    let reserved = Port::reserve();
    let port = reserved.number().to_string();
    let files = [&cert_file, &key_file].map(|file| file.to_str().unwrap());
    let tls = ["--tls-port", &port, "--tls-cert-file", files[0], "--tls-key-file", files[1]];
    let server = RedisServer::with(&[&tls as &[&str], &["--tls-auth-clients", "no"]].concat()).await;

    let url = format!("rediss://localhost:{port}");
    let untrusted = RedisStore::connect(url.clone()).await.unwrap_err();
    assert!(matches!(untrusted, ConnectError::Unreachable(_)), "{untrusted:?}");
    // Certificate checks cannot be switched off.
    let insecure = RedisStore::connect(format!("{url}/#insecure")).await.unwrap_err();
    assert!(matches!(insecure, ConnectError::Url(_) | ConnectError::Unreachable(_)), "{insecure:?}");

    let name = std::thread::current().name().unwrap().to_owned();
    let mut itself = Command::new(env::current_exe().unwrap());
    let itself = itself.args(["--exact", &name]).env(URL, url).env("SSL_CERT_FILE", &cert_file);
    let said = itself.output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
    assert!(String::from_utf8_lossy(&said.stdout).contains("1 passed"));
    drop(server);
    let _ = fs::remove_dir_all(folder);
}
