// The filter is sent while it is typed. The answer is either a page of jobs, or what is wrong with the filter and where.

const filter = document.querySelector("#filter");
const orderby = document.querySelector("#orderby");
const problems = document.querySelector("#problems");
const count = document.querySelector("#count");
const jobs = document.querySelector("#jobs");
const next = document.querySelector("#next");

let running = null; // the question that is being asked; a newer one takes its place
let timer = 0;

function firstPage() {
  const options = [["$orderby", orderby.value], ["$count", "true"], ["$top", "20"]];
  if (filter.value.trim()) options.unshift(["$filter", filter.value]);
  return "jobs?" + options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

async function ask(url) {
  running?.abort();
  const mine = (running = new AbortController());
  jobs.classList.add("waiting");
  try {
    const answer = await fetch(url, { signal: mine.signal });
    const body = await answer.json();
    if (answer.ok) showPage(body);
    else showProblems(body.details ?? [{ message: body.message ?? `the service answered ${answer.status}` }]);
  } catch (error) {
    if (mine.signal.aborted) return;
    showProblems([{ message: `the service cannot be reached: ${error.message}` }]);
  }
  if (running === mine) jobs.classList.remove("waiting");
}

function showPage(page) {
  problems.replaceChildren();
  filter.removeAttribute("aria-invalid");
  if ("@odata.count" in page) count.textContent = `${page["@odata.count"]} jobs`;
  jobs.replaceChildren(...page.jobs.map(row));
  const link = page._links?.next?.href;
  next.hidden = !link;
  next.onclick = () => ask(link);
}

function row(job) {
  const owner = job.owner ? `${job.owner.name}${job.owner.city ? `, ${job.owner.city}` : ""}` : "";
  const cells = [job.name, job.state, job.created.replace("T", " ").slice(0, 16), job.size ?? "", owner];
  const line = document.createElement("tr");
  line.append(...cells.map((text) => element("td", String(text))));
  return line;
}

function showProblems(details) {
  filter.setAttribute("aria-invalid", "true");
  next.hidden = true;
  problems.replaceChildren(...details.flatMap((detail) => problem(detail)));
}

// One problem: the text with what is at fault marked, what is wrong with it, and what was perhaps meant.
function problem(detail) {
  const said = element("p", detail.message);
  if (detail.target !== "$filter") return [said];
  // Spans count code points, as Python does; JavaScript's strings count UTF-16 units.
  const points = [...filter.value];
  const [start, end] = detail.span;
  const text = element("div", points.slice(0, start).join(""), "text");
  text.append(element("mark", points.slice(start, end).join("")), points.slice(end).join(""));
  if (detail.suggestion !== undefined) {
    const whole = detail.code === "syntax";
    const mended = whole ? [detail.suggestion] : [points.slice(0, start), detail.suggestion, points.slice(end)].flat();
    const button = element("button", "Mend");
    button.type = "button";
    button.onclick = () => {
      filter.value = mended.join("");
      filter.focus();
      ask(firstPage());
    };
    said.append(button);
  }
  return [text, said];
}

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = kind;
  return made;
}

filter.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => ask(firstPage()), 150);
});
orderby.addEventListener("change", () => ask(firstPage()));
document.querySelector("#ask").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  ask(firstPage());
});
ask(firstPage());
