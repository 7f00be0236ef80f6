//! The site on actix-web.

use std::net::TcpListener;

use actix_web::{
    App, Error, HttpRequest, HttpResponse, HttpServer,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    rt::System,
    web::{self, Bytes, Data},
};
use mfakit::{MfaMiddleware, RequireMfa, require_mfa};
use tokio::sync::oneshot;

use super::{Order, Post, Served, non_blocking};

pub(super) fn serve(listener: TcpListener, served: Served, closed: oneshot::Receiver<()>) {
    System::new().block_on(async {
        let app = move || {
            let (who, served) = (served.clone(), served.clone());
            let identify = move |request: HttpRequest| {
                let cookies = request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok());
                let identified = who.identify(cookies.unwrap_or_default());
                async move { identified }
            };
            let pay = || RequireMfa::scope("pay");
            App::new()
                .app_data(Data::new(served.clone()))
                .configure(mfakit::web::actix::routes(&served.mfa))
                .route("/", web::get().to(page))
                .route("/{page}", web::get().to(page))
                .service(web::resource("/open/{kind}").route(web::post().to(answer)))
                .service(web::resource("/kept/{kind}").route(web::post().to(answer)).wrap(pay()))
                .service(web::resource("/once/{kind}").route(web::post().to(answer)).wrap(pay().once()))
                .route("/bound", web::post().to(bound))
                .service(
                    web::resource("/both/{kind}")
                        .route(web::post().to(answer))
                        .wrap(RequireMfa::scope("sign"))
                        .wrap(pay()),
                )
                .wrap(MfaMiddleware::new(served.mfa.clone(), identify))
                .wrap(from_fn(record))
        };
        let listener = non_blocking(listener);
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let _ = closed.await;
        handle.stop(false).await;
    });
}

async fn page(served: Data<Served>, request: HttpRequest) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html").body(served.page(request.path()))
}

async fn answer(served: Data<Served>, kind: web::Path<String>) -> HttpResponse {
    let plain = served.answer(&kind);
    let mut response = HttpResponse::build(StatusCode::from_u16(plain.status).unwrap());
    for (name, value) in plain.headers {
        response.append_header((name, value));
    }
    response.body(plain.body)
}

#[require_mfa(scope = "pay")]
async fn bound(#[approve] order: web::Form<Order>) -> String {
    order.sent()
}

async fn record(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let body = request.extract::<Bytes>().await.unwrap_or_default();
    request.set_payload(Payload::from(body.clone()));
    let target = request.uri().to_string();
    let records = request.method() == "POST" && !target.starts_with("/mfa/");
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let served = request.app_data::<Data<Served>>().unwrap().clone();
    let response = next.call(request).await?;
    if records {
        let body = String::from_utf8_lossy(&body).into_owned();
        let status = response.status().as_u16();
        served.posts.lock().unwrap().push(Post { target, content_type, body, status });
    }
    Ok(response)
}
