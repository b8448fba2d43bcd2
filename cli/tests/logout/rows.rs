pub(crate) fn home() -> adieu_testkit::Home { crate::support::page() }
