//! Schedule files (SSIM) written by hand, column by column.

/// A schedule file of one carrier for one day, such as `22NOV26`: flights as `number service from
/// departs to arrives`, all on a clock that is UTC's, and `X9_0417` behind them where that carrier
/// flies it. The file speaks of the whole of November 2026.
pub fn ssim(carrier: &str, day: &str, flights: &[&str]) -> Vec<u8> {
    let period = format!("{day}{day}1234567");
    let mut out = record(&[(1, "1AIRLINE STANDARD SCHEDULE DATA SET")]);
    out += &record(&[(1, "2L"), (3, carrier), (15, "01NOV2630NOV26"), (72, "C")]);
    for flight in flights {
        let parts: Vec<&str> = flight.split(' ').collect();
        let [number, service, from, departs, to, arrives, rest @ ..] = &*parts else {
            panic!("{flight}");
        };
        let number = format!("{number:>4}");
        let columns = [
            (1, "3"),
            (3, carrier),
            (6, &number),
            (10, "0101"),
            (14, service),
            (15, &period),
            (37, from),
            (40, departs),
            (48, "+0000"),
            (55, to),
            (62, arrives),
            (66, "+0000"),
        ];
        match rest {
            [operator] => {
                let operator = operator.replace('_', " ");
                let by = record(&[
                    (1, "4"),
                    (3, carrier),
                    (6, &number),
                    (31, "050"),
                    (40, &operator),
                ]);
                out += &record(&[&columns[..], &[(149, "L")]].concat());
                out += &by;
            }
            _ => out += &record(&columns),
        }
    }
    out += &record(&[(1, "5")]);
    out.into_bytes()
}

/// One record: what stands from which column, counted from 1.
fn record(parts: &[(usize, &str)]) -> String {
    let mut line = vec![b' '; 200];
    for (column, text) in parts {
        line[column - 1..column - 1 + text.len()].copy_from_slice(text.as_bytes());
    }
    String::from_utf8(line).unwrap() + "\n"
}
