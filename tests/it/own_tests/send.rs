//! One call of mfakit's, by the client of the app's tests.

use mfakit::{
    BoxError,
    testing::{HttpCall, HttpReply},
};

pub async fn send(client: &reqwest::Client, call: HttpCall) -> Result<HttpReply, BoxError> {
    let request = client.request(call.method.parse()?, call.url).headers((&call.headers).try_into()?);
    let response = request.body(call.body).send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(HttpReply::new(status, &headers, response.text().await?))
}
