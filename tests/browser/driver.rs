//! The chromedriver of this process, and the browsers it starts.

use std::{
    env, fs,
    io::{BufRead, BufReader, PipeReader, pipe},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock, mpsc},
    thread,
    time::Duration,
};

use serde_json::json;
use thirtyfour::{
    ChromeCapabilities, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel,
    TimeoutConfiguration, WebDriver, error::WebDriverResult,
};
use tokio::time::Instant;

/// Runs the driver while this process holds the other end of its standard input, and then cleans up. The system
/// closes that end however this process ends: a static value is never dropped, and a killed process drops
/// nothing. A browser ends with its driver, to which it is tied by a pipe, though not at the same moment, and
/// may write to its folder until then.
const WATCHED: &str = r#"
"$@" </dev/null &
driver=$!
exec >/dev/null
cat >/dev/null
kill "$driver"
wait "$driver"
while rm -rf "$TMPDIR"; sleep 0.2; [ -e "$TMPDIR" ]; do :; done
"#;

const BROWSER_FLAGS: [&str; 13] = [
    "--headless=new",
    // Tests run as root on many machines, where the sandbox does not start.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-sync",
    // A window of 320 pixels then has a page of 320.
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "--window-size=1280,900",
];

/// Longest wait for the driver or a browser.
const CALL_TIMEOUT: Duration = Duration::from_secs(90);

/// A running chromedriver.
struct Driver {
    address: String,
    browser: String,
    /// Process whose standard input keeps the driver alive.
    _watched: Child,
}

/// Browsers that are not in use. Starting one takes longer than most tests.
static FREE: Mutex<Vec<WebDriver>> = Mutex::new(Vec::new());

/// Returns a browser with an empty tab, no cookies and an empty cache: one that is free, or a new one with its own
/// profile.
pub(crate) async fn browser() -> WebDriver {
    let free = FREE.lock().unwrap().pop();
    if let Some(browser) = free {
        match empty(&browser).await {
            Ok(()) => return browser,
            Err(error) => {
                eprintln!("a browser cannot be used again: {error}");
                quit(browser).await;
            }
        }
    }
    new_browser().await
}

/// Keeps a browser for the next test. Do not pass one that a test failed with.
pub(crate) fn give_back(browser: WebDriver) {
    FREE.lock().unwrap().push(browser);
}

/// Closes a browser. If that fails, the test is not affected, and the browser ends with its driver.
pub(crate) async fn quit(browser: WebDriver) {
    if let Err(error) = browser.quit().await {
        eprintln!("a browser did not close: {error}");
    }
}

/// Removes what a test leaves in a browser. Emulated devices, clocks, scripts and networks end with their tabs. The
/// storage of pages and service workers belong to an origin, and each bank has its own.
pub(crate) async fn empty(browser: &WebDriver) -> WebDriverResult<()> {
    let tabs = browser.windows().await?;
    let new = browser.new_tab().await?;
    for tab in tabs {
        browser.switch_to_window(tab).await?;
        browser.close_window().await?;
    }
    browser.switch_to_window(new).await?;
    for (command, parameters) in [
        // Cookies belong to a host, which all banks share.
        ("Network.clearBrowserCookies", json!({})),
        ("Network.clearBrowserCache", json!({})),
        ("Browser.setDownloadBehavior", json!({ "behavior": "default" })),
        ("Browser.resetPermissions", json!({})),
    ] {
        browser.cdp().send_raw(command, parameters).await?;
    }
    // Reading a log empties it.
    browser.browser_log().await?;
    browser.get_log("performance").await?;
    Ok(())
}

/// Starts a new browser with its own empty profile.
async fn new_browser() -> WebDriver {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    let driver = DRIVER.get_or_init(Driver::start);
    let mut wanted = DesiredCapabilities::chrome();
    wanted.set_binary(&driver.browser).unwrap();
    for flag in BROWSER_FLAGS {
        wanted.add_arg(flag).unwrap();
    }
    wanted.set_logging_prefs("browser", LoggingPrefsLogLevel::All).unwrap();
    wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All).unwrap();
    let browser = start(&driver.address, &wanted).await;
    // Timeout of a script, a page and the driver. Only a failure takes that long, and machines are busy.
    let slow = Some(CALL_TIMEOUT);
    browser.update_timeouts(TimeoutConfiguration::new(slow, slow, None)).await.unwrap();
    browser
}

/// Starts a browser, and another if the first did not start within the driver's own timeout.
async fn start(address: &str, wanted: &ChromeCapabilities) -> WebDriver {
    let begun = Instant::now();
    loop {
        // Wait longer for the driver's answer than the driver itself waits for anything.
        match WebDriver::builder(address, wanted.clone()).request_timeout(CALL_TIMEOUT * 2).await {
            Ok(browser) => return browser,
            Err(error) if begun.elapsed() > CALL_TIMEOUT => panic!("chromium does not start: {error}"),
            Err(error) => eprintln!("chromium did not start: {error}"),
        }
    }
}

impl Driver {
    fn start() -> Self {
        let folder = env::temp_dir().join(format!("mfakit-browser-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (said, writer) = pipe().unwrap();
        let watched = Command::new("sh")
            .args(["-c", WATCHED, "sh"])
            .arg(program("chromedriver"))
            .arg("--port=0")
            // Profiles and caches go there, and not into the home of the user who runs the tests.
            .envs([("TMPDIR", &folder), ("HOME", &folder)])
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            // A signal from the terminal, such as Ctrl-C, must not reach the process that cleans up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(writer)
            .stderr(Stdio::null())
            .spawn()
            .expect("there is a shell");
        let address = format!("http://127.0.0.1:{}", port(said));
        Self { address, browser: program("chromium").to_str().unwrap().to_owned(), _watched: watched }
    }
}

/// Returns the port that the driver prints. Reads its later output too, so that it never waits for a reader.
fn port(said: PipeReader) -> u16 {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let _ = tell.send(port.trim_end_matches('.').parse().unwrap());
            }
        }
    });
    told.recv_timeout(CALL_TIMEOUT).expect("chromedriver starts")
}

fn program(name: &str) -> PathBuf {
    let places = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&places).map(|place| place.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} is not installed: `cargo xtask test` does that"))
}
