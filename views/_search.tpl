% # A search that keeps the order. Given: page, label, address, hint.
<form class="search" role="search" method="get" action="{{address}}">
  <label for="q">{{label}}</label>
  <div class="search-row">
    <input id="q" name="q" type="search" value="{{page.query}}" maxlength="100" autocomplete="off" aria-describedby="q-hint">
    <input type="hidden" name="sort" value="{{page.sort}}">
    <button class="button" type="submit">Search</button>
  </div>
  <p class="hint" id="q-hint">{{hint}}</p>
</form>
