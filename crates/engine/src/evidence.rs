//! How bad an exposure is: severity, CWE and CVSS, all from the same evidence.
//!
//! It does not decide what is reported.

use crate::finding::{Cvss, Severity, When};
use crate::view::{Exposure, Purpose, Subject};

/// CWE-489 active debug code; with a traceback also CWE-215 (sensitive information in debugging code) and CWE-209
/// (in an error message).
const WITH_TRACEBACK: &[u16] = &[489, 215, 209];
const WITHOUT_TRACEBACK: &[u16] = &[489];

/// The CWE numbers, the primary one first.
pub(crate) fn cwe(exposure: &Exposure) -> &'static [u16] {
    if exposure.traceback { WITH_TRACEBACK } else { WITHOUT_TRACEBACK }
}

/// How bad it is.
pub(crate) fn severity(exposure: &Exposure, default: Severity) -> Severity {
    if exposure.purpose != Purpose::Deployment {
        return Severity::Information;
    }
    if exposure.subject == Subject::Pin {
        return Severity::Error;
    }
    if exposure.when == When::WhenSet {
        return Severity::Warning;
    }
    if !exposure.console && !exposure.traceback {
        return Severity::Information;
    }
    let open = exposure.network() == Some(true) || exposure.pin_off;
    if exposure.console && open { Severity::Error } else { default }
}

/// The CVSS 4.0 base vector and score. The scores were computed from the vectors by the `cvss` package of PyPI.
///
/// The console with its PIN needs the PIN (AT:P); on loopback it needs an account on the machine and a developer who
/// has the server running (AV:L, PR:L, UI:P).
pub(crate) fn cvss(exposure: &Exposure) -> Cvss {
    let network = exposure.network() == Some(true);
    let (vector, score) = match (exposure.console, exposure.traceback, network, exposure.pin_off) {
        (true, _, true, true) => ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H", 9.3),
        (true, _, true, false) => ("AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H", 9.2),
        (true, _, false, true) => ("AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H", 8.5),
        (true, _, false, false) => ("AV:L/AC:L/AT:P/PR:L/UI:P/VC:H/VI:H/VA:H", 5.4),
        (false, true, true, _) => ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N", 6.9),
        (false, true, false, _) => ("AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N", 4.8),
        (false, false, _, _) => ("AV:L/AC:L/AT:P/PR:L/UI:N/VC:L/VI:N/VA:N", 2.0),
    };
    Cvss { vector: format!("CVSS:4.0/{vector}/SC:N/SI:N/SA:N"), score }
}
