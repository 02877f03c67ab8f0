% # The two stairs of a sign-in, and what each opens. Given: password, second_factor (proved or not).
<ol class="stairway">
  <li class="{{'step-done' if password else 'step-open'}}">
    <strong>Password</strong>
    <span>{{'opens' if password else 'will open'}} Customers</span>
  </li>
  <li class="{{'step-done' if second_factor else 'step-open'}}">
    <strong>Second factor</strong>
    <span>{{'opens' if second_factor else 'will open'}} Employees</span>
  </li>
</ol>
