//! The server that is measured, and connections to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use miette::{IntoDiagnostic, Result, miette};

/// The server, stopped when dropped.
pub(super) struct Server {
    pub(super) child: Child,
    pub(super) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the server and waits until it says where it is.
pub(super) fn serve(mut command: Command) -> Result<Server> {
    let mut child = command.stdout(Stdio::piped()).spawn().into_diagnostic()?;
    let output = child.stdout.take().ok_or_else(|| miette!("candor says nothing"))?;
    for line in BufReader::new(output).lines() {
        let line = line.into_diagnostic()?;
        if let Some((_, rest)) = line.split_once("Candor is at http://") {
            let address = rest.split_whitespace().next().unwrap_or_default().to_owned();
            return Ok(Server { child, address });
        }
    }
    Err(miette!("candor did not start"))
}

/// Processor seconds and peak memory in MiB of a process, as Linux tells them; zero elsewhere.
pub(super) fn usage(process: u32) -> (f64, f64) {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let stat = read("stat");
    let after = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: f64 = after.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    let status = read("status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = peak.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0.0);
    (ticks / 100.0, kib / 1024.0)
}

/// A connection that is kept alive.
pub(super) struct Line {
    stream: BufReader<TcpStream>,
    address: String,
    authorization: String,
}

impl Line {
    /// Connects.
    pub(super) fn open(address: &str, key: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).into_diagnostic()?;
        stream.set_nodelay(true).into_diagnostic()?;
        let authorization = format!("Bearer {key}");
        Ok(Self { stream: BufReader::new(stream), address: address.to_owned(), authorization })
    }

    /// Sends a body; the status and the answer.
    pub(super) fn post(&mut self, path: &str, body: &str) -> Result<(u16, String)> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            self.authorization,
            body.len()
        );
        let mut request = head.into_bytes();
        request.extend_from_slice(body.as_bytes());
        self.stream.get_mut().write_all(&request).into_diagnostic()?;
        self.answer()
    }

    /// Asks; the status and the answer.
    pub(super) fn get(&mut self, path: &str) -> Result<(u16, String)> {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\n\r\n",
            self.address, self.authorization
        );
        self.stream.get_mut().write_all(head.as_bytes()).into_diagnostic()?;
        self.answer()
    }

    fn answer(&mut self) -> Result<(u16, String)> {
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).into_diagnostic()? == 0 {
                return Err(miette!("the server closed the connection"));
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if line.starts_with("HTTP/") {
                status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
            } else if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().into_diagnostic()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).into_diagnostic()?;
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}
