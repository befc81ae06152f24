//! The statistics of the law on the wire.

use crate::views::statistics as view;
use oriel_app::YearFigures;

pub(crate) fn statistics(of: &YearFigures) -> view::Statistics {
    let row = |row: &oriel_app::FigureRow| view::FigureRow {
        part: row.part.clone(),
        months: row.months.clone(),
        year: row.year,
    };
    let figure = |figure: &oriel_app::Figure| view::Figure {
        name: figure.measure.name().to_owned(),
        by: figure.measure.by().to_owned(),
        definition: figure.measure.says().to_owned(),
        query: figure.measure.query().to_owned(),
        persons: figure.measure.is_of_persons(),
        rows: figure.rows.iter().map(row).collect(),
    };
    view::Statistics {
        schema: "oriel.statistics/1".to_owned(),
        year: of.year,
        compartment: of.compartment.clone(),
        profile: of.profile.clone(),
        least: of.least,
        clause: of.clause.clone(),
        months_over: of.months_over as u8,
        figures: of.figures.iter().map(figure).collect(),
    }
}
