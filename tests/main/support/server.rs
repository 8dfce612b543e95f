//! A small web server on localhost that behaves as it is told to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is answered to a path.
#[derive(Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Bytes that are sent behind the body, zeros: for bodies that would be too large to keep.
    pub padding: usize,
    pub delay: Duration,
    /// The connection is closed in the middle of the body.
    pub torn: bool,
}

impl Answer {
    pub fn ok(media_type: &str, body: impl AsRef<[u8]>) -> Answer {
        let headers = if media_type.is_empty() { Vec::new() } else { vec![("Content-Type".into(), media_type.into())] };
        Answer { status: 200, headers, body: body.as_ref().to_vec(), ..Answer::default() }
    }

    pub fn status(status: u16) -> Answer {
        Answer { status, ..Answer::default() }
    }

    pub fn redirect(to: &str) -> Answer {
        Answer::status(302).header("Location", to)
    }

    pub fn header(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn slow(mut self, milliseconds: u64) -> Answer {
        self.delay = Duration::from_millis(milliseconds);
        self
    }
}

/// A server that runs as long as the tests do.
pub struct Server {
    pub port: u16,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn start(answers: Vec<(&str, Answer)>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers: HashMap<String, Answer> =
            answers.into_iter().map(|(path, answer)| (path.to_owned(), answer)).collect();
        let server =
            Server { port, answers: Arc::new(Mutex::new(answers)), asked: Arc::default(), heads: Arc::default() };
        let (answers, asked, heads) = (server.answers.clone(), server.asked.clone(), server.heads.clone());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answers, asked, heads) = (answers.clone(), asked.clone(), heads.clone());
                // A client that goes away in the middle of an answer is no failure of the test.
                thread::spawn(move || drop(serve(stream, &answers, &asked, &heads)));
            }
        });
        server
    }

    /// What it answers from now on.
    pub fn answers(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The settings that open it, and ask it without a pause.
    pub fn settings(&self) -> String {
        format!("allow = [\"127.0.0.1:{}\"]\npause = \"0s\"\n", self.port)
    }

    /// The headers of each request, in lower case.
    pub fn requests(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// The paths that were asked for, each with the body that was sent.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    stream: TcpStream,
    answers: &Mutex<HashMap<String, Answer>>,
    asked: &Mutex<Vec<String>>,
    heads: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut request, mut head, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut request)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        head.push_str(&line);
        head.push('\n');
        length = line.strip_prefix("content-length:").and_then(|rest| rest.trim().parse().ok()).unwrap_or(length);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let body = String::from_utf8_lossy(&body);
    heads.lock().unwrap().push(head);
    asked.lock().unwrap().push(if body.is_empty() { path.clone() } else { format!("{path} {body}") });
    let answer = answers.lock().unwrap().get(&path).cloned().unwrap_or_else(|| Answer::status(404));
    thread::sleep(answer.delay);
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {} Such\r\nConnection: close\r\n", answer.status)?;
    for (name, value) in &answer.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    let length = answer.body.len() + answer.padding + if answer.torn { 1000 } else { 0 };
    write!(stream, "Content-Length: {length}\r\n\r\n")?;
    stream.write_all(&answer.body)?;
    let zeros = [b' '; 1 << 16];
    let mut left = answer.padding;
    while left > 0 {
        let now = left.min(zeros.len());
        stream.write_all(&zeros[..now])?;
        left -= now;
    }
    stream.flush()
}
