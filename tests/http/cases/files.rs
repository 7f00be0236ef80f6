//! Static files below a guarded prefix.

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    served::STATEMENT,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a file is served with a grant, and never cached", |w| async move {
            let cookie = w.elevate(Who::Alice, "reports").await;
            let heard = w.hear(Ask::get("/files/statement.txt").by(Who::Alice).cookie(&cookie)).await;
            assert_eq!(heard.status(200).text(), STATEMENT);
            assert_eq!(heard.header("cache-control"), Some("no-store"), "{heard}");
            w.hear(Ask::get("/files/nothing.txt").by(Who::Alice).cookie(cookie)).await.status(404);
        }),
        case("without a grant a file is not even compared with a browser's copy", |w| async move {
            for (name, value) in [
                ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"),
                ("if-none-match", "*"),
                ("range", "bytes=0-3"),
            ] {
                let ask = Ask::get("/files/statement.txt").by(Who::Alice).header(name, value);
                w.hear(ask).await.status(401);
            }
        }),
    ];
    for target in [
        "/files",
        "/files/",
        "/files/statement.txt",
        "/files/statement.txt/",
        "/files//statement.txt",
        "/files/./statement.txt",
        "/files/%73tatement.txt",
        "/files/x/../statement.txt",
        "/files/nothing.txt",
        "/files/../files/statement.txt",
        "//files/statement.txt",
        "/%66iles/statement.txt",
        "/public/../files/statement.txt",
        "/public/%2e%2e/files/statement.txt",
    ] {
        for normalized in [false, true] {
            let how = if normalized { "normalized" } else { "unchanged" };
            let asked = case(format!("the file {target}, {how}, is never served"), move |w| async move {
                for who in [Who::Anonymous, Who::Alice, Who::AliceByToken] {
                    for method in ["GET", "HEAD", "POST"] {
                        let heard = w.hear(Ask::new(method, target).by(who)).await;
                        assert!(matches!(heard.status, 400 | 401 | 404), "{method}: {heard}");
                        assert!(!heard.text().contains("balance"), "{method}: {heard}");
                    }
                }
            });
            cases.push(asked.shaped(move |shape| shape.normalized = normalized));
        }
    }
    cases
}
