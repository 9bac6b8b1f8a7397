//! Comments that silence a finding: our own and the peers'.
