// Asks every five seconds what is new and puts it in its place.  Nothing is taken away
// from whoever is about to press a button.
const look = async () => {
  const response = await fetch("/phone");
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ["count", "waiting", "codes"]) {
    const [old, now] = [document, fresh].map((page) => page.getElementById(id));
    const busy = old.contains(document.activeElement);
    if (now && !busy && old.innerHTML !== now.innerHTML) {
      old.innerHTML = now.innerHTML;
    }
  }
};

setInterval(() => look().catch(() => {}), 5000);
