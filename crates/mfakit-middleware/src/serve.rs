//! Serves mfakit's routes.
//!
//! The client controls how long a body takes. So the caller is identified once more if more than a second has passed, which
//! is also the time after which a guard reads the store again. A session that ended in the meantime can then request and
//! enter no code [BIND-7]. The body of an ordinary call takes less, even in a packet of its own, so a credential for a
//! single use is used once.

use mfakit_core::{
    Mfa, Timestamp,
    adapter::{Freshness, MfaExt as _, with_timeout},
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
    // Without a clock, the body counts as late.
    let begun_at = mfa.try_now().unwrap_or_default();
    let read = with_timeout(read_body(longest)).await.unwrap_or(Err(BodyError::TooSlow));
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
    // A caller does not expire, so only the time since then matters.
    if mfa.freshness(Timestamp::from_millis(u64::MAX), begun_at) == Freshness::Fresh {
        return Ok(opened.finish(body.as_ref()).await);
    }
    let subject = admission.identify_anew(head).await?;
    Ok(endpoints::open(mfa, path, &facts, subject)?.finish(body.as_ref()).await)
}

/// Returns the rest of the path below the mount path, or an empty text, which is the path of no route.
fn below_mount_path<'a>(mfa: &Mfa, facts: &'a Facts) -> &'a str {
    let path = facts.target.split_once('?').map_or(facts.target.as_str(), |(path, _)| path);
    path.strip_prefix(mfa.site().path()).unwrap_or_default()
}
