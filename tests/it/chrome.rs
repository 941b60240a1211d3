//! A real Chromium, driven over a pipe: one browser with one tab, in which a test does what a person does.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Where Debian puts the browser.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Longer than anything takes on a machine that does more; who waits so long fails.
const LONG: Duration = Duration::from_mins(2);

/// A browser, and its tab. It ends with this value.
pub struct Chrome {
    child: Child,
    input: Option<ChildStdin>,
    said: Receiver<Value>,
    session: String,
    count: u64,
    /// How often a page was loaded.
    loads: u64,
    _profile: TempDir,
}

impl Chrome {
    /// `None`, said aloud, where there is no browser.
    pub fn start() -> Option<Self> {
        if !Path::new(CHROMIUM).exists() {
            assert!(std::env::var("IWMO_REQUIRE_BROWSER").is_err(), "{CHROMIUM} is required and absent");
            eprintln!("skipped: no browser at {CHROMIUM}");
            return None;
        }
        let profile = tempfile::tempdir().expect("a profile");
        // The browser speaks on 3 and 4.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2", CHROMIUM, "--headless", "--no-sandbox"])
            .args(["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"])
            .args([
                "--disable-component-update",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a browser");
        let (input, mut output) = (child.stdin.take(), child.stdout.take().expect("its pipe"));
        let (tell, said) = channel();
        thread::spawn(move || {
            let (mut kept, mut part) = (Vec::new(), vec![0; 65_536]);
            while let Ok(count @ 1..) = output.read(&mut part) {
                kept.extend_from_slice(&part[..count]);
                while let Some(end) = kept.iter().position(|byte| *byte == 0) {
                    let message: Vec<u8> = kept.drain(..=end).collect();
                    let message = serde_json::from_slice(&message[..end]).expect("JSON");
                    if tell.send(message).is_err() {
                        return;
                    }
                }
            }
        });
        let mut chrome = Self { child, input, said, session: String::new(), count: 0, loads: 0, _profile: profile };
        let target = chrome.call("Target.createTarget", &json!({"url": "about:blank"}))["targetId"].clone();
        let attached = chrome.call("Target.attachToTarget", &json!({"targetId": target, "flatten": true}));
        attached["sessionId"].as_str().expect("a session").clone_into(&mut chrome.session);
        chrome.call("Page.enable", &json!({}));
        chrome.call("Emulation.setFocusEmulationEnabled", &json!({"enabled": true}));
        chrome.looks(1280, false);
        Some(chrome)
    }

    fn next(&mut self) -> Value {
        let message = self.said.recv_timeout(LONG).expect("the browser says something");
        if message["method"] == "Page.loadEventFired" {
            self.loads += 1;
        }
        message
    }

    /// What the browser answers.
    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.count += 1;
        let mut message = json!({"id": self.count, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let text = format!("{message}\0");
        self.input.as_mut().expect("it runs").write_all(text.as_bytes()).expect("it listens");
        loop {
            let answer = self.next();
            if answer["id"] == self.count {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// Does something that leads to another page, and waits until that is there.
    fn leading(&mut self, act: impl FnOnce(&mut Self)) {
        let before = self.loads;
        act(self);
        while self.loads == before {
            self.next();
        }
    }

    /// Goes to an address.
    pub fn go(&mut self, url: &str) {
        let url = url.to_owned();
        self.leading(|chrome| {
            let gone = chrome.call("Page.navigate", &json!({"url": url}));
            assert!(gone["errorText"].is_null(), "{url}: {gone}");
        });
    }

    /// What an expression comes to in the page.
    pub fn eval(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.call("Runtime.evaluate", &params);
        assert!(answer["exceptionDetails"].is_null(), "{expression:.200}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The text of the first element that fits, as a person sees it.
    pub fn text(&mut self, selector: &str) -> String {
        let text = self.eval(&format!("document.querySelector({selector:?})?.innerText ?? '(none)'"));
        let text = text.as_str().expect("a text").to_owned();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// How wide the window is, and whether its person likes it dark.
    pub fn looks(&mut self, width: u32, dark: bool) {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", &json!({"features": features}));
    }

    /// As on paper.
    pub fn on_paper(&mut self, is_paper: bool) {
        self.call("Emulation.setEmulatedMedia", &json!({"media": if is_paper { "print" } else { "" }}));
    }

    /// Whether pages may run scripts.
    pub fn scripts(&mut self, may_run: bool) {
        self.call("Emulation.setScriptExecutionDisabled", &json!({"value": !may_run}));
    }

    fn key(&mut self, key: &str, (code, number, text): (&str, u32, Option<&str>)) {
        let mut down = json!({"type": "rawKeyDown", "key": key, "code": code, "windowsVirtualKeyCode": number});
        if let Some(text) = text {
            down["type"] = json!("keyDown");
            down["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", &down);
        let up = json!({"type": "keyUp", "key": key, "code": code, "windowsVirtualKeyCode": number});
        self.call("Input.dispatchKeyEvent", &up);
    }

    /// Goes on with Tab until what has the focus is called so: by its text, its label or its name.
    pub fn tab_to(&mut self, wanted: &str) {
        const CALLED: &str = "(() => { const one = document.activeElement; if (one === document.body) return ''; \
            return [one.innerText, one.getAttribute('aria-label'), one.labels?.[0]?.innerText, one.name].join('|'); })()";
        let mut seen = Vec::new();
        for _ in 0..200 {
            let called = self.eval(CALLED).as_str().expect("a text").to_owned();
            if called.split('|').any(|name| name.trim().starts_with(wanted)) {
                let outline = self.eval("getComputedStyle(document.activeElement).outlineStyle");
                assert_ne!(outline, "none", "who uses no mouse sees where the focus is: {called}");
                return;
            }
            seen.push(called);
            self.key("Tab", ("Tab", 9, None));
        }
        panic!("Tab does not come to {wanted}: {seen:?}");
    }

    /// Types into what has the focus, in the place of what stood there.
    pub fn type_in(&mut self, text: &str) {
        self.eval("document.activeElement.select?.()");
        self.call("Input.insertText", &json!({"text": text}));
    }

    /// Ticks the box that has the focus.
    pub fn press_space(&mut self) {
        self.key(" ", ("Space", 32, Some(" ")));
    }

    /// Follows the link, or sends the form, that has the focus.
    pub fn press_enter(&mut self) {
        self.leading(|chrome| chrome.key("Enter", ("Enter", 13, Some("\r"))));
    }

    /// Opens what has the focus, on the same page.
    pub fn open(&mut self) {
        self.key("Enter", ("Enter", 13, Some("\r")));
    }

    /// Clicks on the first link or button with this text.
    pub fn click(&mut self, text: &str) {
        self.click_in("body", text);
    }

    /// The same in this part of the page.
    pub fn click_in(&mut self, part: &str, text: &str) {
        let find = format!(
            "(() => {{ const one = [...document.querySelector({part:?}).querySelectorAll('a, button')].find((one) => one.innerText.includes({text:?})); \
             if (!one) return false; one.scrollIntoView(); one.focus(); return true; }})()"
        );
        assert_eq!(self.eval(&find), true, "no {text} on {}", self.text("main"));
        self.leading(|chrome| {
            chrome.eval("document.activeElement.click()");
        });
    }

    /// Opens what is folded under this text.
    pub fn unfold(&mut self, text: &str) {
        let find = format!(
            "(() => {{ const one = [...document.querySelectorAll('summary')].find((one) => one.innerText.includes({text:?})); \
             if (one) one.parentElement.open = true; return !!one; }})()"
        );
        assert_eq!(self.eval(&find), true, "no {text} on {}", self.text("main"));
    }

    /// Where the page is.
    pub fn path(&mut self) -> String {
        self.eval("location.pathname + location.search").as_str().expect("a path").to_owned()
    }

    /// Logs in with this token, by keys alone.
    pub fn log_in(&mut self, url: &str, token: &str) {
        self.go(url);
        self.tab_to("token");
        self.type_in(token);
        self.press_enter();
    }

    /// Keeps a picture of the window in `docs/`, where `IWMO_PICTURES` asks for new ones.
    pub fn picture(&mut self, name: &str, (width, height): (u32, u32)) {
        if std::env::var("IWMO_PICTURES").is_err() {
            return;
        }
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
        self.eval("scrollTo(0, 0); document.activeElement?.blur()");
        let shot = self.call("Page.captureScreenshot", &json!({"format": "png"}));
        let bytes = STANDARD.decode(shot["data"].as_str().expect("a picture")).expect("base64");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        std::fs::write(&file, bytes).expect("a picture");
        self.looks(1280, false);
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        // Without its pipe a browser ends.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
