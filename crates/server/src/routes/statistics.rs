//! The statistics of the law.

use crate::error::Error;
use crate::extract::Asker;
use crate::show::statistics as show;
use crate::state::State;
use crate::views::problem::Problem;
use crate::views::statistics::Statistics;
use axum::Json;
use axum::extract::{self, Path};
use axum::http::header;
use axum::response::IntoResponse;
use oriel_app::YearFigures;
use oriel_policy::Act;

/// What a year came to. Counts only: no purpose is needed.
#[utoipa::path(get, path = "/statistics/{year}", tag = "statistics", operation_id = "statistics",
    params(("year" = i16, Path, description = "Year, UTC")),
    responses(
        (status = 200, body = Statistics, description = "The figures"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such year"),
    ))]
pub(crate) async fn show(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(year): Path<i16>,
) -> Result<Json<Statistics>, Error> {
    let figures = of_year(&state, asker, year).await?;
    Ok(Json(show::statistics(&figures)))
}

/// The same as CSV; a blank is a count that is not shown.
#[utoipa::path(get, path = "/statistics/{year}/csv", tag = "statistics", operation_id = "statistics_csv",
    params(("year" = i16, Path, description = "Year, UTC")),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "The figures"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody is signed in"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not for this role"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such year"),
    ))]
pub(crate) async fn csv(
    extract::State(state): extract::State<State>,
    asker: Asker,
    Path(year): Path<i16>,
) -> Result<impl IntoResponse, Error> {
    let figures = of_year(&state, asker, year).await?;
    let name = format!("attachment; filename=\"figures-{year}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, figures.csv()))
}

async fn of_year(state: &State, asker: Asker, year: i16) -> Result<YearFigures, Error> {
    let figures = state.run(move |app| {
        let grant = asker.leave(app, Act::StatisticsRead)?;
        Ok(app.statistics(&grant, year)?)
    });
    figures.await
}
