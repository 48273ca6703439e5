//! What this process has cost so far: CPU seconds of all its threads, and its largest resident memory.
//!
//! Linux only for memory; elsewhere it is 0. It does not measure children: a pass that is to be measured by itself
//! runs in a process of its own and reports about itself.

/// User and system CPU seconds of this process, all threads.
pub(crate) fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Largest resident memory of this process in MiB (`VmHWM`).
pub(crate) fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
