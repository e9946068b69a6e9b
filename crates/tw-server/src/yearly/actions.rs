//! The return as the API shows it.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`. **Must not:** do I/O, or count.

use super::{
    counted::{self, Figure, Group},
    past::Counted,
};
use crate::wording::text;
use tw_api::{LocalText, YearlyFigure, YearlyGroup, YearlyReturn};

/// The return, and beside it what each of its figures was counted from.
pub(crate) fn yearly(from: &Counted) -> (YearlyReturn, Vec<Group>) {
    let world = &from.world;
    let organisation = world.register.organisation.as_ref();
    let groups = counted::groups(from);
    let number = |year: i16| u16::try_from(year).unwrap_or(0);
    let found = YearlyReturn {
        year: number(from.as_of.year()),
        as_of: from.as_of.to_string(),
        register_revision: world.revision,
        history_begins: from.begins.to_string(),
        years: from.years.iter().copied().map(number).collect(),
        simulated: world.simulated(),
        organisation: organisation
            .map(|o| crate::world::local(&o.name))
            .unwrap_or_default(),
        groups: groups.iter().map(|group| view(from, group)).collect(),
        left_out: left_out(from),
    };
    (found, groups)
}

fn view(from: &Counted, group: &Group) -> YearlyGroup {
    YearlyGroup {
        id: group.id.clone(),
        name: group.name.clone(),
        sums: group.sums,
        figures: group.figures.iter().map(|one| figure(from, one)).collect(),
    }
}

/// The lists of the running year are those of today; of a year that is over only the history
/// knows the list.
fn figure(from: &Counted, figure: &Figure) -> YearlyFigure {
    let evidence = || {
        let (year, id) = (from.as_of.year(), &figure.id);
        format!("/api/v1/reports/yearly/evidence?year={year}&figure={id}")
    };
    let (list, page) = if from.is_past() {
        (evidence(), None)
    } else {
        (figure.list.clone(), page(&figure.list))
    };
    YearlyFigure {
        id: figure.id.clone(),
        name: figure.name.clone(),
        value: figure.items.len() as u64,
        list,
        page,
    }
}

/// The page of the console that shows a list of the API.
fn page(list: &str) -> Option<String> {
    const PAGES: [&str; 3] = ["/assets", "/systems", "/devices"];
    let rest = list.strip_prefix("/api/v1")?;
    let path = rest.split('?').next()?;
    PAGES.contains(&path).then(|| rest.to_owned())
}

fn left_out(from: &Counted) -> Vec<LocalText> {
    let mut told = Vec::new();
    if from.is_past() {
        told.push(text(
            "What discovery saw at that time: the return of a year that is over is counted from \
             the register alone.",
            "Kết quả quét mạng tại thời điểm đó: số liệu của năm đã qua chỉ tính từ sổ đăng ký.",
        ));
    }
    let first = from.years.first().copied().unwrap_or_default();
    told.push(text(
        format!(
            "Years before {first}: the register's history begins on {}.",
            from.begins
        ),
        format!(
            "Các năm trước {first}: lịch sử sổ đăng ký bắt đầu từ ngày {}.",
            from.begins.strftime("%d/%m/%Y")
        ),
    ));
    told
}
