//! Serves mfakit's routes.
//!
//! The client controls how long a body takes. So the caller is identified once more if the body was not there at once, and
//! a session that ended in the meantime can request and enter no code [BIND-7].

use std::{future::poll_fn, pin::pin};

use mfakit_core::{
    Mfa,
    adapter::{MfaExt as _, with_timeout},
};

use crate::{
    admission::Admission,
    answer::Answer,
    endpoints::{self, BodyError},
    facts::Facts,
    request_head::RequestHead,
};

/// Answers a call to one of the routes below the [mount path](mfakit_core::MfaBuilder::path).
///
/// `read_body` reads a body of at most the given number of bytes. It is called only if the route has a body and
/// the caller may send one. The rest of a body that was not read can be drained if
/// [`Admission::is_answered`] is still true.
pub async fn serve<H, F, B>(mfa: &Mfa, head: &mut H, read_body: impl FnOnce(usize) -> F) -> Answer
where
    H: RequestHead,
    F: Future<Output = Result<B, BodyError>>,
    B: AsRef<[u8]>,
{
    let admission = match Admission::of(head) {
        Ok(admission) => admission,
        Err(answer) => return answer,
    };
    admission.mark_served();
    let (Ok(answer) | Err(answer)) = answer(mfa, &admission, head, read_body).await;
    admission.shape(answer)
}

async fn answer<H, F, B>(
    mfa: &Mfa,
    admission: &Admission,
    head: &mut H,
    read_body: impl FnOnce(usize) -> F,
) -> Result<Answer, Answer>
where
    H: RequestHead,
    F: Future<Output = Result<B, BodyError>>,
    B: AsRef<[u8]>,
{
    let facts = head.facts().coming_from(mfa.client_address(), || head.peer(), |name| head.values(name));
    let path = below_mount_path(mfa, &facts);
    if let Some(file) = endpoints::file(mfa, path, &facts) {
        return Ok(file);
    }
    admission.belongs_to(mfa, &facts)?;
    let subject = admission.identify(head).await?;
    let opened = endpoints::open(mfa, path, &facts, subject)?;
    let Some(longest) = opened.longest_body() else {
        return Ok(opened.finish(&[]).await);
    };
    let (read, waited) = read_in_time(read_body(longest)).await;
    let body = match read {
        Ok(body) => body,
        Err(why) => {
            if why == BodyError::TooSlow {
                // The client has already stalled for the whole time limit, so its body is not drained.
                admission.unmark_answered();
            }
            return Ok(opened.without_body(why));
        }
    };
    if !waited {
        return Ok(opened.finish(body.as_ref()).await);
    }
    let subject = admission.identify_anew(head).await?;
    Ok(endpoints::open(mfa, path, &facts, subject)?.finish(body.as_ref()).await)
}

/// Reads a body within the time limit. Also returns whether it had to be waited for.
async fn read_in_time<B>(
    reading: impl Future<Output = Result<B, BodyError>>,
) -> (Result<B, BodyError>, bool) {
    let (mut reading, mut waited) = (pin!(reading), false);
    let read = with_timeout(poll_fn(|cx| {
        let polled = reading.as_mut().poll(cx);
        waited |= polled.is_pending();
        polled
    }));
    let read = read.await.unwrap_or(Err(BodyError::TooSlow));
    (read, waited)
}

/// Returns the rest of the path below the mount path, or an empty text, which is the path of no route.
fn below_mount_path<'a>(mfa: &Mfa, facts: &'a Facts) -> &'a str {
    let path = facts.target.split_once('?').map_or(facts.target.as_str(), |(path, _)| path);
    path.strip_prefix(mfa.site().path()).unwrap_or_default()
}
