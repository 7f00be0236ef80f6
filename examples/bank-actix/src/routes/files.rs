//! Static files: the style sheet, the script and the icon.

use actix_web::{
    HttpResponse,
    http::header::CACHE_CONTROL,
    web::{self, ServiceConfig},
};
use bank::pages::{FILES, File};

/// `GET /bank.css`, `GET /bank.js` and `GET /bank.svg`.
pub(crate) fn routes(config: &mut ServiceConfig) {
    for File { path, content_type, content } in FILES {
        let send = move || async move {
            HttpResponse::Ok()
                .content_type(content_type)
                .insert_header((CACHE_CONTROL, File::CACHE_CONTROL))
                .body(content)
        };
        config.route(path, web::get().to(send));
    }
}
